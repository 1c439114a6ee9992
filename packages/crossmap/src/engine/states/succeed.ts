import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Work } from '../work.ts';

export function enterSucceed(state: Extract<CompiledState, { type: 'Succeed' }>, advancement: Advancement): Work {
  const { raw } = advancement.state;
  const { scope } = advancement;
  return { kind: 'exited', output: state.flow.output(raw, state.flow.input(raw, scope), scope), next: undefined };
}
