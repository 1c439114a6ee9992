import type { Json } from '../asl/json.ts';
import type { ExecutionHeader } from './execution.ts';

/**
 * The context object (`$$`) in a state.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export function contextObject(
  { executionArn, input, startDate, name, roleArn, stateMachineArn, stateMachineName }: ExecutionHeader,
  state: { readonly name: string; readonly enteredTime: number },
): { readonly [key: string]: Json } {
  return {
    Execution: {
      Id: executionArn,
      Input: input,
      StartTime: new Date(startDate).toISOString(),
      Name: name,
      RoleArn: roleArn,
      RedriveCount: 0,
    },
    StateMachine: { Id: stateMachineArn, Name: stateMachineName },
    State: { Name: state.name, EnteredTime: new Date(state.enteredTime).toISOString() },
  };
}

/** The context object while ItemSelector is evaluated for one item. */
export function itemContext(
  context: { readonly [key: string]: Json },
  item: { readonly value: Json; readonly index: number; readonly source: string },
): Json {
  return { ...context, Map: { Item: { Index: item.index, Value: item.value, Source: item.source } } };
}
