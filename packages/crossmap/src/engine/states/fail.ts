import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Work } from '../work.ts';

export function enterFail(state: Extract<CompiledState, { type: 'Fail' }>, advancement: Advancement): Work {
  const { raw } = advancement.state;
  const { scope } = advancement;
  const error = state.error?.(raw, scope);
  const cause = state.cause?.(raw, scope);
  return {
    kind: 'failed',
    failure: {
      ...(error !== undefined && { error: String(error) }),
      ...(cause !== undefined && { cause: String(cause) }),
    },
  };
}
