import type { Json } from '../asl/json.ts';
import type { Assignment, CompiledState } from '../asl/machine.ts';
import type { Advancement } from './advancement.ts';
import type { Work } from './work.ts';

type Leaving = Exclude<CompiledState, { type: 'Fail' }>;

export interface Exit {
  readonly next: string | undefined;
  readonly assign: Assignment | undefined;
  /** The event that the exit follows, when it is not the flow's last one. */
  readonly previous?: number;
  /** In the place of what the state's own data flow makes of the result. */
  readonly output?: (raw: Json, scope: Advancement['scope']) => Json | Promise<Json>;
}

/** The exit of a state that has this result: Assign and Output see the variables as they were before. */
export async function exitWith(
  state: Leaving,
  advancement: Advancement,
  result: Json,
  { next, assign, previous, output }: Exit,
): Promise<Work> {
  const { raw } = advancement.state;
  const works = 'retriers' in state;
  const scope = works ? { ...advancement.scope, result } : advancement.scope;
  scope.inspect?.('result', result);
  const assigned = await assign?.(result, scope);
  return {
    kind: 'exited',
    output: await (output === undefined ? state.flow.output(raw, result, scope) : output(raw, scope)),
    next,
    ...(assigned && { assigned }),
    ...(previous !== undefined && { previous }),
  };
}
