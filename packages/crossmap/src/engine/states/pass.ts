import type { CompiledState } from '../../asl/machine.ts';
import type { Work } from '../advance.ts';
import type { Advancement } from '../advancement.ts';

export function enterPass(state: Extract<CompiledState, { type: 'Pass' }>, advancement: Advancement): Work {
  const { raw } = advancement.state;
  const { scope } = advancement;
  const input = state.flow.input(raw, scope);
  const result = state.result === undefined ? state.flow.parameters(input, scope) : state.result;
  return { kind: 'exited', output: state.flow.output(raw, result, scope), next: state.next };
}
