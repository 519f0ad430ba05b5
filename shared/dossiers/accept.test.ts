import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { emptyCounterState, reduceCounter, type CounterState } from '../journal/counter-state.ts';
import { decideAcceptance } from './accept.ts';
import { EMERGENCY_LEASE } from './code.ts';
import { intakeSchema, type DossierId, type Intake } from './dossier.ts';

const catalogue = bundledCatalogue();
const settings = {
  office: { id: 'an-binh', name: 'Xã An Bình', agencyCode: 'H36.12', agencyName: 'UBND xã An Bình' },
  operator: { id: 'mau', name: 'Trần Thị Mẫu' },
  codePattern: '{agency}-{yymmdd}-{order4}',
};
const MONDAY_9 = Date.parse('2026-11-23T09:00:00+07:00');
const enrolled: CounterState = {
  ...emptyCounterState,
  enrolment: { deviceId: 'd', instance: 7, officeId: 'an-binh' },
  leases: [{ leaseId: 'lease', from: 401, to: 402, validFrom: '2026-11-01', validTo: '2026-12-31', epoch: 1 }],
};

const paper = (requirementId: string, originals: number, photocopies = 0) => ({
  requirementId,
  name: requirementId,
  required: true,
  originals,
  certifiedCopies: 0,
  photocopies,
  state: 'received' as const,
  pages: [],
});
const copies = (change: Partial<Intake> = {}): Intake =>
  intakeSchema.parse({
    procedureCode: '2.000815',
    procedureName: 'Chứng thực bản sao từ bản chính',
    catalogueVersion: catalogue.version,
    channel: 'counter',
    applicant: { kind: 'person', fullName: 'Đỗ Hoàng Yến' },
    formData: {},
    papers: [paper('original-paper', 1), paper('copies', 0, 1)],
    feeInputs: { copies: 2, pages: 3 },
    sets: 1,
    resultDelivery: 'counter',
    ...change,
  });

const decide = (state: CounterState, intake = copies(), atMs = MONDAY_9) =>
  decideAcceptance(state, { dossierId: crypto.randomUUID() as DossierId, intake, catalogue, settings, atMs, isOnline: false });

describe('decideAcceptance', () => {
  it('gives code, due date with its rule, and fees', () => {
    const decision = decide(enrolled);
    expect(decision).toMatchObject({
      ok: true,
      value: {
        number: { leaseId: 'lease', order: 401 },
        dossier: {
          code: 'H36.12-261123-0401',
          dueAtMs: Date.parse('2026-11-23T17:00:00+07:00'),
          acceptedOffline: true,
          operatorName: 'Trần Thị Mẫu',
          fees: [{ kind: 'phi', amountVnd: 10_000 }],
        },
      },
    });
  });

  it('after 15:00 the day starts tomorrow, over the holiday of 24 November', () => {
    const decision = decide(enrolled, copies(), Date.parse('2026-11-23T15:01:00+07:00'));
    expect(decision.ok && decision.value.dossier).toMatchObject({ dueAtMs: Date.parse('2026-11-25T17:00:00+07:00'), dueRule: { cutoff: '15:00' } });
  });

  it('goes on with a series of its own when the lease is used up, never twice the same', () => {
    let state = enrolled;
    const codes = Array.from({ length: 4 }, () => {
      const decision = decide(state);
      if (!decision.ok) throw new Error(decision.failure.kind);
      state = reduceCounter(state, { operation: decision.value, atMs: MONDAY_9 });
      return decision.value;
    });
    expect(codes.map(({ number }) => number.leaseId)).toEqual(['lease', 'lease', EMERGENCY_LEASE, EMERGENCY_LEASE]);
    expect(new Set(codes.map(({ dossier }) => dossier.code)).size).toBe(4);
  });

  it('refuses with the reason, whatever the page thought', () => {
    const kindOf = (state: CounterState, intake?: Intake): string => {
      const decision = decide(state, intake);
      return decision.ok ? 'accepted' : decision.failure.kind;
    };
    expect(kindOf(emptyCounterState)).toBe('not-enrolled');
    expect(kindOf(enrolled, copies({ procedureCode: '9.999999' }))).toBe('unknown-procedure');
    expect(kindOf(enrolled, copies({ papers: [paper('copies', 0, 1)] }))).toBe('paper-missing');
    expect(
      kindOf(
        enrolled,
        copies({
          procedureCode: '1.011441',
          feeInputs: { copies: 1, pages: 1, objectId: 'land', enteredVnd: {} },
          papers: ['application', 'mortgage-contract', 'certificate'].map((id) => paper(id, 1)),
        }),
      ),
    ).not.toBe('accepted');
  });
});
