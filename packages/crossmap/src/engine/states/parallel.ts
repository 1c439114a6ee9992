import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { branchPath } from '../execution.ts';
import type { Work } from '../work.ts';

export function enterParallel(state: Extract<CompiledState, { type: 'Parallel' }>, advancement: Advancement): Work {
  const { scope, path } = advancement;
  const input = state.flow.parameters(state.flow.input(advancement.state.raw, scope), scope);
  const started = advancement.emit('ParallelStateStarted', {});
  return {
    kind: 'branches',
    branches: state.branches.map((_, index) => ({ path: branchPath(path, started, index), input })),
  };
}
