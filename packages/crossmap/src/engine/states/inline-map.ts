import { DataFlowFailure } from '../../asl/data-flow.ts';
import type { Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { endBranches, startIteration } from '../branches.ts';
import { itemScope } from '../context-object.ts';
import type { Branch, Work } from '../work.ts';

type MapState = Extract<CompiledState, { type: 'Map' }>;

/** The most iterations of an inline Map that run at once (Step Functions Developer Guide, Inline mode). */
const MAX_CONCURRENT_ITERATIONS = 40;

/** The items of an inline Map, the same each time it is asked in one visit of the state. */
export async function itemsOf(state: MapState, { scope, state: { raw } }: Advancement): Promise<readonly Json[]> {
  const items = await state.map.items(state.flow.input(raw, scope), scope);
  if (Array.isArray(items)) return items;
  throw new DataFlowFailure('States.Runtime', `Map state input must be an array but was: ${JSON.stringify(items)}`);
}

/** What an iteration begins with: its item, or what ItemSelector makes of it. */
export function iterationInput(
  { map, flow }: MapState,
  { scope, state: { raw } }: Advancement,
  value: Json,
  index: number,
): Json | Promise<Json> {
  if (map.itemSelector === undefined) return value;
  return map.itemSelector(flow.input(raw, scope), itemScope(scope, { value, index, source: 'STATE_DATA' }));
}

export async function enterInlineMap(state: MapState, advancement: Advancement): Promise<Work> {
  const { scope } = advancement;
  const input = state.flow.input(advancement.state.raw, scope);
  const declared = (await state.map.maxConcurrency(input, scope)) ?? 0;
  await state.map.tolerance(input, scope);
  const items = await itemsOf(state, advancement);
  const started = advancement.emit('MapStateStarted', { length: items.length });
  if (items.length === 0) return endBranches(state, advancement);
  const concurrency = declared === 0 ? MAX_CONCURRENT_ITERATIONS : Math.min(declared, MAX_CONCURRENT_ITERATIONS);
  const branches: Branch[] = [];
  for (let index = 0; index < Math.min(concurrency, items.length); index++) {
    branches.push(await startIteration(state, advancement, items, index, started));
  }
  return { kind: 'branches', branches };
}
