/** The lane of journal entries. */
import type { FastifyRequest } from 'fastify';
import {
  type JournalAnswer,
  type JournalRequest,
  journalAnswerSchema,
  journalRequestSchema,
  paths,
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
} from '../../shared/sync/protocol.ts';
import { createBehindAnswers } from '../behind-answers.ts';
import { plainBodyOf } from '../bodies.ts';
import { type Routes, problems } from '../context.ts';
import type { Device } from '../devices/device-store.ts';
import { lifeOf } from '../effects.ts';
import { receiveJournal } from './receive.ts';
import { noTexts, sentTexts, type SentTexts } from './sent-texts.ts';

/** Applies to what was sent and, again, to what it unpacks to. */
const MAX_JOURNAL_BYTES = 32 * 1024 * 1024;
const OLDEST_PROTOCOL = Math.max(1, PROTOCOL_VERSION - 2);

/** The protocol version a counter says it speaks; the first one when it says nothing. */
const protocolOf = (request: FastifyRequest): number => {
  const said = Number(request.headers[PROTOCOL_HEADER]);
  return Number.isInteger(said) && said >= 0 ? said : 1;
};

export const journalRoutes: Routes = (server, { db, clock, tokens, lives, callers, admission, effects, metrics, alarm, reconciliation, logFailure }) => {
  const receiver = { db, alarm, effects, ...lifeOf(tokens) };
  // The entries are in; a comparison that fails is made at the next delivery.
  const compared = createBehindAnswers(reconciliation.delivered, logFailure);
  server.addHook('onClose', compared.settled);

  server.post(
    paths.journal,
    {
      preParsing: [callers.authorise, admission.enter],
      bodyLimit: MAX_JOURNAL_BYTES,
      schema: { body: journalRequestSchema, response: { 200: journalAnswerSchema, ...problems } },
    },
    async (request) => {
      const device = callers.of(request);
      await lives.hear(device, request.body.receipt);
      if (protocolOf(request) < OLDEST_PROTOCOL) return tooOld(device, await receiver.currentEpoch(db), request.body);
      const answer = await admission.turn(request, () => receiveJournal(receiver, device.device_id, request.body, clock(), textsIn(request)));
      metrics.batch(answer.results);
      compared.ask(device.device_id);
      return answer;
    },
  );
};

function textsIn(request: FastifyRequest<{ Body: JournalRequest }>): SentTexts {
  const plain = plainBodyOf(request);
  return plain === undefined ? noTexts : sentTexts(plain, request.body.entries);
}

/** Nothing is stored: a newer app offers the same entries again. */
const tooOld = (device: Device, epoch: number, { entries }: JournalRequest): JournalAnswer => ({
  epoch,
  head: { seq: device.head_seq, hash: device.head_hash },
  results: entries.map(({ operationId, seq }) => ({ operationId, seq, status: 'needs-newer-app' as const })),
});
