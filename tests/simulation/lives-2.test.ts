import { it } from 'vitest';
import { expectNoFailure } from './expect-no-failure.ts';
import { seedsOfPart } from './seeds.ts';

it('keeps every promise in the lives of part 2', () => expectNoFailure(seedsOfPart(2)), 300_000);
