import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Work } from '../work.ts';

type FailState = Extract<CompiledState, { type: 'Fail' }>;

export async function enterFail(state: FailState, { scope, state: { raw } }: Advancement): Promise<Work> {
  scope.inspect?.('afterInputPath', raw);
  const error = await state.error?.(raw, scope);
  const cause = await state.cause?.(raw, scope);
  return {
    kind: 'failed',
    failure: {
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    },
  };
}
