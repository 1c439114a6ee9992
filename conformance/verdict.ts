import type { Case } from './case.ts';
import { concurrentStates } from './concurrent-events.ts';
import type { Json } from './json.ts';
import { NormalForm, sortSets } from './normal-form.ts';
import type { Performance } from './performance.ts';
import { type Bindings, type Difference, type Masks, unify } from './unify.ts';

export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'failed'; readonly difference: Difference };

/** Compares what came out of a case with what was recorded: every key of `expected`, in the order of the calls. */
export function judge(each: Case, { recorded, references, broken }: Performance): Verdict {
  const form = new NormalForm(each, references);
  const masks = masksOf(each, form);
  const sets = (each.transformers ?? []).flatMap((transformer) => (transformer.t === 'sort' ? [transformer.key] : []));
  const open = new Set(Object.keys(each.expected).filter((key) => !each.clientSide?.includes(key)));
  let bindings: Bindings = new Map();
  for (const { key, answer } of recorded) {
    const expected: Json | undefined = each.expected[key];
    if (expected === undefined) return { kind: 'failed', reason: `Nothing was recorded under ${key}` };
    const unified = unify(sortSets(expected, sets), form.of(answer), masks, bindings, key);
    if (unified.kind === 'different') return { kind: 'failed', difference: unified.difference };
    bindings = unified.bindings;
    open.delete(key);
  }
  if (broken !== undefined) return { kind: 'failed', reason: broken };
  const [missing] = open;
  return missing === undefined ? { kind: 'passed' } : { kind: 'failed', reason: `Nothing was answered for ${missing}` };
}

/** What the recordings of a case leave open. */
export function masksOf(each: Case, form: NormalForm): Masks {
  const written = form.written.filter((text) => !each.wildcards?.includes(text));
  return {
    wildcards: new Set(each.wildcards ?? []),
    literals: new Set(['<region>', '<partition>', '<request_id>', '<extended_request_id>', ...written]),
    concurrent: concurrentStates(each),
  };
}
