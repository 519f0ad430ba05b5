/** Decides when a specialised system is left alone and when it is tried again (circuit breaker), and what counters are told of it. */
import type { HealthStatus } from './upstream.ts';

/**
 * closed ──5 failures in a row──▶ open ──after its rest──▶ half-open (one probe) ──success──▶ closed
 *                                  ▲──────────failure, or no answer in time──────────┘
 * Kept in one row a system, so every server of the province sees the same.
 */
export type Breaker =
  | { state: 'closed'; failures: number }
  /** `opens`: times it opened since it last worked. */
  | { state: 'open'; retryAtMs: number; opens: number }
  | { state: 'half-open'; probeUntilMs: number; opens: number };

export type Health = {
  breaker: Breaker;
  status: HealthStatus;
  /** When `status` became what it is. */
  sinceMs: number;
  /** Running mean of what a delivery takes; null before the first. */
  latencyMs: number | null;
  /** The system asked to be left alone until then (Retry-After). */
  restUntilMs: number;
};

export type BreakerTerms = {
  /** Failures in a row, whichever dossiers they were. */
  openAfter: number;
  /** The first rest; doubled with every probe that fails, up to `longestRestMs`. */
  restMs: number;
  longestRestMs: number;
  /** A probe that has not ended by then is given up, with the server that made it. */
  probeMs: number;
  /** Mean time of a delivery from which a system is called slow. */
  slowMs: number;
};

export const usualTerms: BreakerTerms = { openAfter: 5, restMs: 5_000, longestRestMs: 120_000, probeMs: 60_000, slowMs: 5_000 };

export const newHealth = (nowMs: number): Health => ({
  breaker: { state: 'closed', failures: 0 },
  status: 'working',
  sinceMs: nowMs,
  latencyMs: null,
  restUntilMs: 0,
});

export type Admission = 'all' | 'probe' | 'none';

/** Who may be delivered now; a `probe` is claimed by storing `next`. */
export function admit(health: Health, nowMs: number, { probeMs }: BreakerTerms): { admission: Admission; next: Health } {
  const { breaker } = health;
  if (nowMs < health.restUntilMs) return { admission: 'none', next: health };
  if (breaker.state === 'closed') return { admission: 'all', next: health };
  const isDue = breaker.state === 'open' ? nowMs >= breaker.retryAtMs : nowMs >= breaker.probeUntilMs;
  if (!isDue) return { admission: 'none', next: health };
  return { admission: 'probe', next: { ...health, breaker: { state: 'half-open', probeUntilMs: nowMs + probeMs, opens: breaker.opens } } };
}

/** There was nothing to probe with. */
export const probeUnused = (health: Health, nowMs: number): Health =>
  health.breaker.state === 'half-open' ? { ...health, breaker: { state: 'open', retryAtMs: nowMs, opens: health.breaker.opens } } : health;

const become = (health: Health, status: HealthStatus, nowMs: number): Health => (health.status === status ? health : { ...health, status, sinceMs: nowMs });

/** How much one delivery moves the running mean. */
const WEIGHT = 0.3;

/** The system answered as agreed: it took the dossier, or said why not. */
export function afterAnswer(health: Health, nowMs: number, tookMs: number, { slowMs }: BreakerTerms): Health {
  // What a system took before it went down says nothing about how it works now.
  const known = health.breaker.state === 'closed' ? health.latencyMs : null;
  const latencyMs = Math.round(known === null ? tookMs : known + WEIGHT * (tookMs - known));
  const next: Health = { ...health, breaker: { state: 'closed', failures: 0 }, latencyMs };
  return become(next, latencyMs >= slowMs ? 'slow' : 'working', nowMs);
}

/** The system did not answer as agreed. `retryAfterMs`: it said for how long to leave it alone. `random` in [0, 1). */
export function afterFailure(health: Health, nowMs: number, retryAfterMs: number | undefined, terms: BreakerTerms, random: () => number): Health {
  const rested = retryAfterMs === undefined ? health : { ...health, restUntilMs: Math.max(health.restUntilMs, nowMs + retryAfterMs) };
  const { breaker } = rested;
  const open = (opens: number): Health => {
    const wholeMs = Math.min(terms.longestRestMs, terms.restMs * 2 ** Math.min(opens - 1, 20));
    // Half of it by chance: the systems of a province went down together and shall not all be probed together.
    const restMs = Math.floor(wholeMs * (0.5 + random() / 2));
    return become({ ...rested, breaker: { state: 'open', retryAtMs: nowMs + restMs, opens } }, 'down', nowMs);
  };
  switch (breaker.state) {
    case 'closed': {
      const failures = breaker.failures + 1;
      return failures >= terms.openAfter ? open(1) : { ...rested, breaker: { state: 'closed', failures } };
    }
    case 'half-open':
      return open(breaker.opens + 1);
    case 'open':
      // Begun before it opened; nothing new is known.
      return rested;
  }
}
