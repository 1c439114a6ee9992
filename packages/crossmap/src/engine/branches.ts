import type { Json } from '../asl/json.ts';
import type { CompiledState, Machine } from '../asl/machine.ts';
import type { Advancement } from './advancement.ts';
import {
  branchesOf,
  branchIndex,
  branchPath,
  type Execution,
  type Flow,
  flowAt,
  parentPath,
  waitingOf,
} from './execution.ts';
import { exitWith } from './exit.ts';
import type { EventType } from './history.ts';
import { itemsOf, iterationInput } from './states/inline-map.ts';
import type { Branch, Work } from './work.ts';

type Parallel = Extract<CompiledState, { type: 'Parallel' }>;
type MapState = Extract<CompiledState, { type: 'Map' }>;

/** The machine that the states of a flow are in. */
export function machineOf(machine: Machine, execution: Execution, path: string): Machine {
  if (path === '') return machine;
  const around = parentPath(path);
  const position = flowAt(execution, around)?.position;
  const state = position?.at === 'state' ? machineOf(machine, execution, around).states.get(position.name) : undefined;
  const inner = state?.type === 'Parallel' ? state.branches[branchIndex(path)] : undefined;
  const found = state?.type === 'Map' ? state.processor : inner;
  if (found === undefined) throw new Error(`Expected a Parallel or Map state around \`${path}\`, found none`);
  return found;
}

function branches({ execution, path, state }: Advancement): readonly Flow[] {
  return state.waiting?.for === 'branches' ? branchesOf(execution, path, state.waiting.eventId) : [];
}

/** Starts the next iteration of an inline Map in the place of one that ended, if one is left. */
export async function startNextIteration(
  state: MapState,
  advancement: Advancement,
  previous: number,
): Promise<Branch | undefined> {
  const index = branches(advancement).length;
  const items = await itemsOf(state, advancement);
  return index < items.length ? startIteration(state, advancement, items, index, previous) : undefined;
}

/** Emits MapIterationStarted for item `index`, in the flow of the new iteration. */
export async function startIteration(
  state: MapState,
  advancement: Advancement,
  items: readonly Json[],
  index: number,
  previous: number,
): Promise<Branch> {
  const around = advancement.path;
  const value = items[index] as Json;
  const input = await iterationInput(state, advancement, value, index);
  const startedEventId = advancement.state.waiting?.eventId ?? 0;
  const path = branchPath(around, startedEventId, index);
  advancement.path = path;
  const hidden = { item: { Index: index, Value: value } };
  advancement.emit('MapIterationStarted', { name: state.name, index }, { previous, hidden });
  advancement.path = around;
  return { path, input };
}

/** The state's exit when all its branches have ended; until then it waits. */
export async function endBranches(state: Parallel | MapState, advancement: Advancement): Promise<Work> {
  const all = branches(advancement);
  const expected = state.type === 'Parallel' ? state.branches.length : (await itemsOf(state, advancement)).length;
  const outputs: Json[] = [];
  for (const { path, position } of all) if (position.at === 'end') outputs[branchIndex(path)] = position.output;
  if (all.length < expected || Object.keys(outputs).length < expected) return { kind: 'waiting' };
  const previous = advancement.flow.lastEventId;
  advancement.emit(state.type === 'Parallel' ? 'ParallelStateSucceeded' : 'MapStateSucceeded', {});
  return exitWith(state, advancement, outputs, { next: state.next, assign: state.assign, previous });
}

/**
 * Records that one branch failed, and that those still at work were stopped. The state that failed in it counts as
 * stopped too (conformance areas error-output, timeouts). Everything follows the failure. That a Map Run which is stopped
 * so has MapRunAborted before MapStateAborted is inferred.
 */
export function abortBranches(
  state: CompiledState,
  advancement: Advancement,
  failed: string,
  stateTypeAt: (path: string) => CompiledState['type'],
): void {
  const live = branches(advancement).filter(({ position }) => position.at !== 'end');
  const isFailed = ({ path }: Flow) => path === failed;
  const previous = live.find(isFailed)?.lastEventId ?? 0;
  for (const flow of [...live.filter(isFailed), ...live.filter((each) => !isFailed(each))]) {
    advancement.path = flow.path;
    if (state.type === 'Map') {
      const type = isFailed(flow) ? 'MapIterationFailed' : 'MapIterationAborted';
      advancement.emit(type, { name: state.name, index: branchIndex(flow.path) }, { previous });
    }
    if (waitingOf(flow)?.for === 'map-run') advancement.emit('MapRunAborted', {}, { previous });
    const aborted = flow.position.at === 'state' ? `${stateTypeAt(flow.path)}StateAborted` : '';
    if (/^(Task|Wait|Parallel|Map)StateAborted$/.test(aborted)) {
      advancement.emit(aborted as Extract<EventType, `${string}StateAborted`>, {}, { previous });
    }
  }
}
