import { DataFlowFailure } from '../../asl/data-flow.ts';
import type { Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { endBranches, startIteration } from '../branches.ts';
import { itemScope } from '../context-object.ts';
import type { Work } from '../work.ts';

type MapState = Extract<CompiledState, { type: 'Map' }>;

/** The most iterations of an inline Map that run at once (Step Functions Developer Guide, Inline mode). */
const MAX_CONCURRENT_ITERATIONS = 40;

/** The items of an inline Map, the same each time it is asked in one visit of the state. */
export function itemsOf(state: MapState, { scope, state: { raw } }: Advancement): readonly Json[] {
  const items = state.map.items(state.flow.input(raw, scope), scope);
  if (Array.isArray(items)) return items;
  throw new DataFlowFailure('States.Runtime', `Map state input must be an array but was: ${JSON.stringify(items)}`);
}

/** What an iteration begins with: its item, or what ItemSelector makes of it. */
export function iterationInput(
  { map, flow }: MapState,
  { scope, state: { raw } }: Advancement,
  value: Json,
  index: number,
): Json {
  if (map.itemSelector === undefined) return value;
  return map.itemSelector(flow.input(raw, scope), itemScope(scope, { value, index, source: 'STATE_DATA' }));
}

export function enterInlineMap(state: MapState, advancement: Advancement): Work {
  const { scope } = advancement;
  const declared = state.map.maxConcurrency(state.flow.input(advancement.state.raw, scope), scope) ?? 0;
  const items = itemsOf(state, advancement);
  const started = advancement.emit('MapStateStarted', { length: items.length });
  if (items.length === 0) return endBranches(state, advancement);
  const concurrency = declared === 0 ? MAX_CONCURRENT_ITERATIONS : Math.min(declared, MAX_CONCURRENT_ITERATIONS);
  const first = items.slice(0, concurrency).map((_, index) => index);
  return {
    kind: 'branches',
    branches: first.map((index) => startIteration(state, advancement, items, index, started)),
  };
}
