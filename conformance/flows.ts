import type { Call, Case, Operation } from './case.ts';
import { isList, isObject, type JsonObject } from './json.ts';

/** The operations of a case: its own, or those that its simple flow stands for, numbered as its references count. */
export function operationsOf(each: Case): readonly Operation[] {
  switch (each.flow) {
    case 'operations':
      return each.operations ?? [];
    case 'execute':
      return executeFlow(each);
    case 'express-sync':
      return expressSyncFlow(each);
    case 'outcome':
      return outcomeFlow(each);
    case 'test-state':
      return [call(each, 'op1', 'TestState', { ...definitionAndInput(each), ...each.testState }, each.expectError)];
  }
}

function executeFlow(each: Case): readonly Operation[] {
  const executionArn = '${op2.executionArn}';
  const started = ['CreateStateMachine', 'StartExecution'];
  const afterwards = Object.keys(each.record ?? {}).filter((action) => !started.includes(action));
  return [
    createStateMachine(each, {}),
    startExecution(each),
    { id: 'op3', await: endsInRecording(each) ? 'executionTerminated' : 'onExecutionEvents', params: { executionArn } },
    ...afterwards
      .sort((a, b) => Number(a === 'GetExecutionHistory') - Number(b === 'GetExecutionHistory'))
      .map((action, index) => call(each, `op${index + 4}`, action, { executionArn })),
  ];
}

const OUTCOME = ['status', 'output', 'error', 'cause'];

/** What became of one execution, as far as `expected` tells it, then the operations of the case, from op5 on. */
function outcomeFlow(each: Case): readonly Operation[] {
  const executionArn = '${op2.executionArn}';
  const outcome = OUTCOME.filter((name) => name in each.expected).map((name) => ({
    match: name,
    value: { $ref: `op4.${name}${name === 'output' ? '|json' : ''}` },
  }));
  return [
    createStateMachine(each, {}),
    startExecution(each),
    { id: 'op3', await: 'executionTerminated', params: { executionArn } },
    call(each, 'op4', 'DescribeExecution', { executionArn }),
    ...outcome,
    ...(each.operations ?? []),
  ];
}

/** Whether the recorded history, if there is one, is that of an ended execution. */
function endsInRecording({ record, expected }: Case): boolean {
  const history = expected[record?.GetExecutionHistory ?? ''];
  const events = isObject(history) && isList(history.events) ? history.events : [];
  const last = events.at(-1);
  return last === undefined || (isObject(last) && /^Execution(?!Started)/.test(String(last.type)));
}

function expressSyncFlow(each: Case): readonly Operation[] {
  const params = { stateMachineArn: '${op1.stateMachineArn}', ...inputOf(each) };
  return [createStateMachine(each, { type: 'EXPRESS' }), call(each, 'op2', 'StartSyncExecution', params)];
}

function createStateMachine(each: Case, others: JsonObject): Call {
  const [role = ''] = each.setup?.roles ?? [];
  const roleArn = typeof role === 'string' ? role : role.arn;
  const name = each.stateMachineName ?? 'StateMachine';
  return call(each, 'op1', 'CreateStateMachine', { name, definition: '${definition}', roleArn, ...others });
}

function startExecution(each: Case): Call {
  return call(each, 'op2', 'StartExecution', { stateMachineArn: '${op1.stateMachineArn}', ...inputOf(each) });
}

function call(each: Case, id: string, action: string, params: JsonObject, expectError = false): Call {
  const record = each.record?.[action];
  return { id, service: 'stepfunctions', action, params, expectError, ...(record !== undefined && { record }) };
}

function definitionAndInput(each: Case): JsonObject {
  return { ...(each.definition !== undefined && { definition: '${definition}' }), ...inputOf(each) };
}

function inputOf(each: Case): JsonObject {
  return each.input === undefined ? {} : { input: '${input}' };
}
