import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { routeSchema, shippedRoutes, upstreamsOf, type Routed } from './routing.ts';
import { upstreamNames } from './upstream.ts';

const all = new Set(upstreamNames);
const person: Routed['applicant'] = { kind: 'person', fullName: 'Nguyễn Thị Hường', idNumber: '004190001234' };
const dossier = (change: Partial<Routed> = {}): Routed => ({ procedureCode: '1.001193', agencyCode: 'H36.12', applicant: person, ...change });

describe('routes of a dossier', () => {
  it('sends everything to iGate and each field to its own system, in one order', () => {
    expect(upstreamsOf(dossier(), 'ho-tich', shippedRoutes, all)).toEqual(['igate', 'civil-registry', 'vneid']);
    expect(upstreamsOf(dossier(), 'dat-dai', shippedRoutes, all)).toEqual(['igate', 'land', 'vneid']);
    expect(upstreamsOf(dossier(), 'ho-kinh-doanh', shippedRoutes, all)).toEqual(['igate', 'business-registry', 'vneid']);
  });

  it('verifies nobody whose number is unknown, and no organisation', () => {
    expect(upstreamsOf(dossier({ applicant: { kind: 'person', fullName: 'A' } }), 'chung-thuc', shippedRoutes, all)).toEqual(['igate']);
    expect(upstreamsOf(dossier({ applicant: { kind: 'organisation', fullName: 'HTX' } }), 'dat-dai', shippedRoutes, all)).toEqual(['igate', 'land']);
  });

  it('passes over what the province has not connected', () => {
    expect(upstreamsOf(dossier(), 'ho-tich', shippedRoutes, new Set(['land', 'vneid']))).toEqual(['vneid']);
    expect(upstreamsOf(dossier(), 'ho-tich', shippedRoutes, new Set())).toEqual([]);
  });

  it('sends a procedure that the catalogue does not know where no field is asked for', () => {
    expect(upstreamsOf(dossier(), undefined, shippedRoutes, all)).toEqual(['igate', 'vneid']);
  });

  it('lets a province decide by agency and procedure, each system once', () => {
    const routes = [
      { to: 'land' as const, agencies: ['H36.*'], procedures: ['1.012756'] },
      { to: 'land' as const, agencies: ['H36.12'] },
      { to: 'igate' as const, agencies: ['H40.01'] },
    ];
    expect(upstreamsOf(dossier({ procedureCode: '1.012756' }), 'dat-dai', routes, all)).toEqual(['land']);
    expect(upstreamsOf(dossier({ agencyCode: 'H36.13' }), 'dat-dai', routes, all)).toEqual([]);
    expect(upstreamsOf(dossier({ agencyCode: 'H40.011' }), 'dat-dai', routes, all)).toEqual([]);
  });

  it('refuses a rule with a condition it does not know, rather than taking every dossier', () => {
    expect(routeSchema.safeParse({ to: 'land', field: ['dat-dai'] }).success).toBe(false);
    expect(routeSchema.safeParse({ to: 'land', fields: [] }).success).toBe(false);
  });

  it('names only fields that the shipped catalogue has', () => {
    const fields = new Set(bundledCatalogue().fields.map(({ id }) => id));
    expect(shippedRoutes.flatMap((route) => route.fields ?? []).filter((field) => !fields.has(field))).toEqual([]);
  });
});
