/** Begins an intake: an empty draft, already on disk so that the screen can be opened on it and found again. */
import { uuidv7 } from 'uuidv7';
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import type { Declaration } from '../../shared/lobby/declaration.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { Ticket } from '../../shared/queue/ticket.ts';
import type { Services } from '../app/services.tsx';

export async function startDraft(
  { drafts, clock, info }: Pick<Services, 'drafts' | 'clock' | 'info'>,
  { ticket, declaration }: { ticket?: Pick<Ticket, 'ticketId' | 'number'>; declaration?: Declaration } = {},
): Promise<Result<Draft, Failure>> {
  const nowMs = clock();
  const draft = draftSchema.parse({
    // What the citizen told beforehand; all of it may be changed here.
    ...declaration,
    draftId: uuidv7(),
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    areaClass: info.settings.office.areaClass,
    ticketId: ticket?.ticketId,
    ticketNumber: ticket?.number,
    channel: info.settings.role === 'postal' ? 'post' : 'counter',
  });
  const saved = await drafts.save(draft);
  return saved.ok ? { ok: true, value: draft } : saved;
}

/** Nothing entered and no ticket behind it: not worth keeping. */
export const isPristine = (draft: Draft): boolean =>
  draft.ticketId === undefined &&
  draft.procedureCode === undefined &&
  draft.submitter === undefined &&
  draft.papers.length === 0 &&
  Object.values(draft.applicant).every((value) => value === undefined || value === '');
