/** Owns how much of the costly work goes on at once. Whoever finds no place is given a time of his own to come back, one after the other. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** `turns`: at once; the database keeps the rest of its connections for short questions. `places`: of those at work, waiting and still sending. */
export type AdmissionLimits = { turns: number; places: number };

export const defaultAdmission: AdmissionLimits = { turns: 6, places: 120 };

/** Until the first turns have shown how long one takes. */
const FIRST_GUESS_MS = 200;
/** How much the last turn says about the next. */
const WEIGHT = 0.1;
const LONGEST_WAIT_S = 300;

export type Admission = {
  /** A `preParsing` hook: a place until the answer has left. Throws a Problem (503 with Retry-After) before the body is read when there is none. */
  enter(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Does the work when its turn comes, in the order of coming. Throws a Problem (408) when the caller has gone meanwhile. */
  turn<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T>;
  use(): { running: number; inside: number; turnedAway: number };
};

/** `nowMs`: any clock that never runs backwards. */
export function createAdmission({ turns, places }: AdmissionLimits, nowMs: () => number = () => performance.now()): Admission {
  const queue: Array<() => void> = [];
  let running = 0;
  let inside = 0;
  let turnedAway = 0;
  let turnMs = FIRST_GUESS_MS;
  let lastAppointmentMs = -Infinity;

  /** Seconds until everyone who is inside, or was given a time before, should be through. */
  function appointmentS(): number {
    const betweenMs = turnMs / turns;
    lastAppointmentMs = Math.max(lastAppointmentMs + betweenMs, nowMs() + inside * betweenMs);
    return Math.min(LONGEST_WAIT_S, Math.max(1, Math.ceil((lastAppointmentMs - nowMs()) / 1000)));
  }

  return {
    async enter(_request, reply) {
      if (inside >= places) {
        turnedAway += 1;
        throw new Problem(503, 'busy', 'too many at once: come back at the time given', { retryAfterS: appointmentS() });
      }
      inside += 1;
      reply.raw.once('close', () => (inside -= 1));
    },
    async turn(request, work) {
      if (running < turns) running += 1;
      else await new Promise<void>((begin) => queue.push(begin));
      const startedMs = nowMs();
      try {
        // What it wants is offered again when it comes back.
        if (request.raw.socket.destroyed) throw new Problem(408, 'timeout', 'the caller has gone');
        return await work();
      } finally {
        turnMs += (nowMs() - startedMs - turnMs) * WEIGHT;
        const next = queue.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    use: () => ({ running, inside, turnedAway }),
  };
}
