import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Work } from '../work.ts';

export function enterPass(state: Extract<CompiledState, { type: 'Pass' }>, advancement: Advancement): Work {
  const { raw } = advancement.state;
  const { scope } = advancement;
  const input = state.flow.input(raw, scope);
  const result = state.result === undefined ? state.flow.parameters(input, scope) : state.result;
  const assigned = state.assign?.(result, scope);
  const output = state.flow.output(raw, result, scope);
  return { kind: 'exited', output, next: state.next, ...(assigned && { assigned }) };
}
