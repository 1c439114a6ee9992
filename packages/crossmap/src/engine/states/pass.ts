import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { Work } from '../work.ts';

type PassState = Extract<CompiledState, { type: 'Pass' }>;

export async function enterPass(state: PassState, advancement: Advancement): Promise<Work> {
  const { scope } = advancement;
  const input = state.flow.input(advancement.state.raw, scope);
  const result = state.result === undefined ? await state.flow.parameters(input, scope) : state.result;
  return exitWith(state, advancement, result, { next: state.next, assign: state.assign });
}
