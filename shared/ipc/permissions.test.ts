import { describe, expect, it } from 'vitest';
import { roles } from '../settings/settings.ts';
import { argsParsers, type Channel } from './contract.ts';
import { mayCall } from './permissions.ts';

const channels = Object.keys(argsParsers) as Channel[];
const of = (role: (typeof roles)[number], prefix: string): string[] =>
  channels.filter((channel) => channel.startsWith(prefix) && mayCall(role, channel)).sort();

describe('what a role may call', () => {
  it('lets a kiosk join the queue by the supervisor’s PIN alone, and touch nothing of it but numbers', () => {
    expect(of('lobby', 'queue:')).toEqual(['queue:attach', 'queue:issue', 'queue:state']);
    expect(mayCall('lobby', 'lobby:pair')).toBe(true);
    expect(roles.filter((role) => role !== 'lobby' && of(role, 'lobby:').length > 0)).toEqual([]);
  });

  it('gives a kiosk and a board nothing of a dossier, a draft, a scan, the journal or the keys', () => {
    for (const role of ['lobby', 'board'] as const) {
      for (const prefix of ['dossiers:', 'drafts:', 'scans:', 'scanning:', 'journal:', 'keys:', 'storage:', 'sync:', 'restore:', 'takeaway:']) {
        expect(of(role, prefix), `${role} ${prefix}`).toEqual([]);
      }
    }
  });

  it('lets a board look, speak and join', () => {
    expect(channels.filter((channel) => mayCall('board', channel)).sort()).toEqual(
      ['app:info', 'app:report-error', 'queue:board', 'queue:find-hubs', 'queue:pair', 'queue:state', 'voice:recording'].sort(),
    );
  });

  it('leaves devices of the queue and the doors to staff', () => {
    for (const channel of ['queue:offer-pairing', 'queue:remove-member', 'queue:take-over', 'queue:set-doors', 'queue:call-next'] as const) {
      expect(roles.filter((role) => mayCall(role, channel))).toEqual(['officer', 'postal']);
    }
  });
});
