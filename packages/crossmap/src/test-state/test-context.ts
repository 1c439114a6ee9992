import type { JsonObject } from '../asl/json.ts';
import type { CompiledState } from '../asl/machine.ts';
import { contextObject } from '../engine/context-object.ts';
import type { ExecutionHeader } from '../engine/execution.ts';
import type { Ids } from '../engine/ports.ts';
import type { StateTest } from './state-test.ts';

/** The execution that a test is: an EXPRESS one of a machine that is nowhere (recorded). */
export function headerOf(
  { accountId, region, roleArn = '', input }: StateTest,
  startDate: number,
  ids: Ids,
): ExecutionHeader {
  const [stateMachineName, name] = [ids.uuid(), ids.uuid()];
  const arn = `arn:aws:states:${region}:${accountId}`;
  return {
    executionArn: `${arn}:express:${stateMachineName}:${name}`,
    name,
    stateMachineArn: `${arn}:stateMachine:${stateMachineName}`,
    stateMachineName,
    roleArn,
    region,
    accountId,
    startDate,
    input,
  };
}

/**
 * What a tested state sees as its context object: the one that the request gives, else that of its execution. In the
 * processor of a Map state the input is the first item.
 * https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html#testing-map-parallel-states
 */
export function contextOf(test: StateTest, state: CompiledState, header: ExecutionHeader, ids: Ids): JsonObject {
  if (test.context !== undefined) return test.context;
  const position = {
    name: state.name,
    enteredTime: header.startDate,
    attempts: [test.configuration.retrierRetryCount ?? 0],
    mayRetry: 'retriers' in state,
  };
  const { Execution, ...others } = contextObject(header, position, hasToken(state) ? ids.uuid() : undefined);
  const { RedriveCount: _ofStandardOnes, ...execution } = Execution as JsonObject;
  return {
    ...others,
    Execution: { ...execution, RoleArn: test.roleArn ?? null },
    ...(test.inMap && { Map: { Item: { Index: 0, Value: test.input } } }),
  };
}

function hasToken(state: CompiledState): boolean {
  if (state.type !== 'Task' || state.resource.kind !== 'service') return false;
  return state.resource.pattern !== 'request-response';
}
