/** What a schema cannot see in a procedure: ids that name nothing, ids given twice, bounds the wrong way round. */
import type { Condition, Procedure } from './catalogue.ts';

export type InconsistencyReason = 'unknown-reference' | 'duplicate' | 'wrong-order';
export type Inconsistency = { path: Array<string | number>; reason: InconsistencyReason; value: string };

/** What else in the catalogue a procedure may name; a list left out is not checked against. */
export type KnownIds = { fields?: ReadonlySet<string>; areaClasses?: ReadonlySet<string>; forms?: ReadonlySet<string> };

const idsOf = (options: readonly { id: string }[]): Set<string> => new Set(options.map(({ id }) => id));

export function inconsistenciesOf(procedure: Procedure, known: KnownIds): Inconsistency[] {
  const found: Inconsistency[] = [];
  const add = (path: Inconsistency['path'], reason: InconsistencyReason, value: string) => void found.push({ path, reason, value });

  const refer = (ids: readonly string[] | undefined, to: ReadonlySet<string> | undefined, path: Inconsistency['path']) => {
    for (const id of ids ?? []) if (to !== undefined && !to.has(id)) add(path, 'unknown-reference', id);
  };
  const once = (options: readonly { id: string }[], path: Inconsistency['path']) => {
    const seen = new Set<string>();
    options.forEach(({ id }, at) => {
      if (seen.has(id)) add([...path, at, 'id'], 'duplicate', id);
      seen.add(id);
    });
  };

  const own = { cases: idsOf(procedure.cases), objects: idsOf(procedure.objects), facts: idsOf(procedure.facts) };
  const check = (rules: ReadonlyArray<{ when: Condition }>, list: string) =>
    rules.forEach(({ when }, at) => {
      refer(when.cases, own.cases, [list, at, 'when', 'cases']);
      refer(when.objects, own.objects, [list, at, 'when', 'objects']);
      refer(when.facts, own.facts, [list, at, 'when', 'facts']);
      refer(when.unlessFacts, own.facts, [list, at, 'when', 'unlessFacts']);
      refer(when.areaClasses, known.areaClasses, [list, at, 'when', 'areaClasses']);
    });

  refer([procedure.field], known.fields, ['field']);
  if (procedure.formId !== undefined) refer([procedure.formId], known.forms, ['formId']);
  for (const list of ['cases', 'objects', 'facts', 'papers', 'fees'] as const) once(procedure[list], [list]);
  check(procedure.timeLimits, 'timeLimits');
  check(procedure.papers, 'papers');
  check(procedure.fees, 'fees');
  check(procedure.agencies, 'agencies');

  procedure.timeLimits.forEach(({ extraByArea, mayBeLongerIn }, at) => {
    extraByArea.forEach(({ areaClass }, index) => refer([areaClass], known.areaClasses, ['timeLimits', at, 'extraByArea', index, 'areaClass']));
    refer(mayBeLongerIn, known.areaClasses, ['timeLimits', at, 'mayBeLongerIn']);
  });
  procedure.fees.forEach(({ price, exemptions }, at) => {
    once(exemptions, ['fees', at, 'exemptions']);
    if (price.type === 'range' && price.minVnd > price.maxVnd) add(['fees', at, 'price', 'maxVnd'], 'wrong-order', String(price.maxVnd));
    if (price.type === 'per-page')
      price.steps.forEach(({ upToPage }, index) => {
        const before = index === 0 ? 0 : price.steps[index - 1]?.upToPage;
        if (before === null || (upToPage !== null && upToPage <= (before ?? 0)))
          add(['fees', at, 'price', 'steps', index, 'upToPage'], 'wrong-order', String(upToPage));
      });
  });
  return found;
}
