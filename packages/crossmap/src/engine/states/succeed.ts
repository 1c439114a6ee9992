import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { Work } from '../work.ts';

type SucceedState = Extract<CompiledState, { type: 'Succeed' }>;

export function enterSucceed(state: SucceedState, advancement: Advancement): Promise<Work> {
  const result = state.flow.input(advancement.state.raw, advancement.scope);
  return exitWith(state, advancement, result, { next: undefined, assign: undefined });
}
