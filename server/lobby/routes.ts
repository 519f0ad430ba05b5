/** What a lobby kiosk asks for a citizen: how far a dossier is, for who knows its code and the end of an ID number in it. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dossierStatusSchema, lookUpRequestSchema, type DossierStatus } from '../../shared/lobby/look-up.ts';
import { GUESSES_A_DAY, isSecondFactor } from '../../shared/lobby/second-factor.ts';
import { paths } from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';
import { Problem } from '../problem.ts';
import { countGuess, dossiersOfCode, forgetGuesses, takeGuessBack, type LookedUp } from './look-up-store.ts';

/** Of one kiosk: several citizens a minute, but not a list of codes. */
const BY_DEVICE = { rateLimit: { max: 20, timeWindow: '1 minute' } };
/** Guesses of one code count together from whatever device they come. */
const WINDOW_MS = 24 * 60 * 60_000;
/** No answer comes before this time has passed, whether there is such a dossier or not. */
const ANSWER_MS = 150;

export const lobbyRoutes: Routes = (server, { db, callers, clock }) => {
  server.post(
    paths.lookUp,
    { preParsing: callers.authorise, config: BY_DEVICE, schema: { body: lookUpRequestSchema, response: { 200: dossierStatusSchema, ...problems } } },
    async (request): Promise<DossierStatus> => {
      const { office_id: officeId } = callers.of(request);
      const { lastDigits } = request.body;
      const code = request.body.code.toUpperCase();
      const at = new Date(clock());
      const answerTime = sleep(ANSWER_MS);
      const subject = createHash('sha256').update(`${officeId}\n${code}`).digest('hex');
      await forgetGuesses(db, new Date(at.getTime() - WINDOW_MS));
      const guesses = await countGuess(db, subject, at, WINDOW_MS);
      const candidates = await dossiersOfCode(db, officeId, code);
      await answerTime;
      if (guesses > GUESSES_A_DAY) throw new Problem(403, 'too-many-guesses', 'this code was tried too often today');
      // One refusal for both: who has only a code learns nothing from it.
      const found = candidates.find(({ numbers }) => isSecondFactor(numbers, lastDigits));
      if (found === undefined) throw new Problem(404, 'not-found', 'no such dossier with these digits');
      await takeGuessBack(db, subject);
      const { numbers: _numbers, deliveries, ...status } = found;
      return { ...status, stage: stageOf(deliveries) };
    },
  );
};

function stageOf(deliveries: LookedUp['deliveries']): DossierStatus['stage'] {
  if (deliveries.some((state) => state === 'refused' || state === 'failed')) return 'being-checked';
  return deliveries.some((state) => state === 'accepted' || state === 'delivered') ? 'passed-on' : 'received';
}
