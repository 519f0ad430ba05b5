import { it } from 'vitest';
import { expectNoFailure } from './expect-no-failure.ts';
import { MENDING } from './simulate.ts';

const SEEDS = 1_000;

it(
  'brings every dossier to the province once officers mend what it refused',
  () =>
    expectNoFailure(
      Array.from({ length: SEEDS }, (_, seed) => seed),
      MENDING,
    ),
  120_000,
);
