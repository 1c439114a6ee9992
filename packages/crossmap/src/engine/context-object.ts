import type { Json } from '../asl/json.ts';
import type { Scope } from '../asl/scope.ts';
import type { ExecutionHeader, InState } from './execution.ts';
import type { Item } from './map-run-plan.ts';

/**
 * The context object (`$$`) in a state. `RetryCount` is there only in states that may have a Retry, `RedriveCount` not
 * in a synchronous EXPRESS execution (recorded on AWS), `Task` while a task has a token.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export function contextObject(
  { executionArn, input, startDate, name, roleArn, stateMachineArn, stateMachineName, express }: ExecutionHeader,
  state: Pick<InState, 'name' | 'enteredTime' | 'attempts' | 'mayRetry'>,
  taskToken?: string,
): { readonly [key: string]: Json } {
  return {
    Execution: {
      Id: executionArn,
      Input: input,
      StartTime: instant(startDate),
      Name: name,
      RoleArn: roleArn,
      ...(express !== 'synchronous' && { RedriveCount: 0 }),
    },
    StateMachine: { Id: stateMachineArn, Name: stateMachineName },
    State: {
      Name: state.name,
      EnteredTime: instant(state.enteredTime),
      ...(state.mayRetry && { RetryCount: state.attempts.reduce((sum, count) => sum + count, 0) }),
    },
    ...(taskToken !== undefined && { Task: { Token: taskToken } }),
  };
}

/** The scope while ItemSelector is evaluated for one item. */
export function itemScope(scope: Scope, { index, key, value, source }: Item): Scope {
  const current = { Item: { Index: index, ...(key !== undefined && { Key: key }), Value: value, Source: source } };
  return { ...scope, context: { ...scope.context, Map: current } };
}

let written = { time: Number.NaN, text: '' };

/** A time as AWS writes it: a fraction of zero is left out. The last one is kept, since it mostly comes again. */
function instant(time: number): string {
  if (written.time !== time) written = { time, text: new Date(time).toISOString().replace('.000Z', 'Z') };
  return written.text;
}
