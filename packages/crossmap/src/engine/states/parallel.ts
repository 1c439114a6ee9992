import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { branchPath } from '../execution.ts';
import type { Work } from '../work.ts';

type ParallelState = Extract<CompiledState, { type: 'Parallel' }>;

export async function enterParallel(state: ParallelState, advancement: Advancement): Promise<Work> {
  const { scope, path } = advancement;
  const input = await state.flow.parameters(state.flow.input(advancement.state.raw, scope), scope);
  const started = advancement.emit('ParallelStateStarted', {});
  return {
    kind: 'branches',
    branches: state.branches.map((_, index) => ({ path: branchPath(path, started, index), input })),
  };
}
