import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/asl/json.ts';
import { diagnose, validateDefinition } from '../../src/asl/validate.ts';
import { INVOKE, machineOf, map, pass, processor, task } from './definitions.ts';
import { refuses } from './refused-definitions.ts';

const S = '/States/S';
const activity = 'arn:aws:states:us-east-1:111111111111:activity:a';
const integration = (name: string) => `arn:aws:states:::${name}`;
const inState = (state: Json) => machineOf(state);
const notRecognized = /is not recognized\. The value is not a valid resource ARN, or the resource is not available/;

/** What AWS says of a task with the resource, without what is refused here. */
function errorsOf(Resource: string, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
  const parameters = { FunctionName: 'f', StateMachineArn: 'm' };
  const state = task({ Resource, ...(/lambda:invoke/.test(Resource) && { Parameters: { FunctionName: 'f' } }) });
  if (Resource.includes('startExecution'))
    Object.assign(state, { Parameters: { StateMachineArn: parameters.StateMachineArn } });
  return diagnose(JSON.stringify(inState(state)), { type }).errors.map(({ message, location }) => [location, message]);
}

describe('the resource of a task', () => {
  const known = [
    activity,
    INVOKE,
    `${INVOKE}.waitForTaskToken`,
    integration('states:startExecution.sync:2'),
    integration('dynamodb:getItem'),
    integration('ecs:runTask.sync'),
    integration('aws-sdk:kms:encrypt'),
    'arn:aws:lambda:region-1:1234567890:function:f',
  ];
  for (const Resource of known) test(`${Resource} is one`, () => assert.deepEqual(errorsOf(Resource), []));

  const unknown = [
    'nothing',
    integration('dynamodb:query'),
    integration('dynamodb:getItem.sync'),
    integration('sns:publish.sync'),
    integration('aws-sdk:kms:encrypt.sync'),
    integration('toString:call'),
    'arn:aws:lambda:us-east-1:111111111111:function:f:bad alias',
  ];
  for (const Resource of unknown) {
    test(`${Resource} is none`, () => {
      const [[at, message] = []] = errorsOf(Resource);
      assert.equal(at, `${S}/Resource`);
      assert.match(message ?? '', notRecognized);
      assert.ok(message?.startsWith(`The resource provided ${Resource} is`));
    });
  }

  test('of a service that is routed to an endpoint every integration of AWS is accepted', () => {
    const definition = JSON.stringify(inState(task({ Resource: integration('sqs:sendMessage') })));
    assert.equal(validateDefinition(definition, { routed: new Set(['sqs']) }).ok, true);
    assert.equal(validateDefinition(definition, { routed: new Set(['sns']) }).ok, false);
  });
});

describe('in an Express workflow, in the words of AWS', () => {
  const refused: readonly (readonly [string, string])[] = [
    [activity, 'Express state machine does not support Activity ARN'],
    [integration('states:startExecution.sync'), "Express state machine does not support '.sync' service integration"],
    [integration('states:startExecution.sync:2'), "Express state machine does not support '.sync' service integration"],
    [`${INVOKE}.waitForTaskToken`, "Express state machine does not support '.waitForTaskToken' service integration "],
  ];
  for (const [Resource, message] of refused) {
    test(`no ${Resource}`, () => assert.deepEqual(errorsOf(Resource, 'EXPRESS'), [[`${S}/Resource`, message]]));
  }

  test('a Lambda function and a call are as elsewhere', () => assert.deepEqual(errorsOf(INVOKE, 'EXPRESS'), []));

  test('nor in the children of a Distributed Map that are Express ones', () => {
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };
    const P = task({ Resource: activity });
    const machine = inState(map({ ItemProcessor: processor({ ProcessorConfig, States: { P } }) }));
    const [error] = diagnose(JSON.stringify(machine), {}).errors;
    assert.equal(error?.location, `${S}/ItemProcessor/States/P/Resource`);
    assert.match(error?.message ?? '', /Activity ARN/);
  });

  test('a Distributed Map is none of its states', () => {
    const { errors } = diagnose(JSON.stringify(inState(map())), { type: 'EXPRESS' });
    assert.deepEqual(
      errors.map(({ location }) => location),
      [`${S}/ItemProcessor/ProcessorConfig/Mode`],
    );
  });
});

describe('seconds, credentials and variables', () => {
  refuses([
    [
      'a heartbeat as long as the time-out',
      inState(task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })),
      S,
      /'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'/,
    ],
    ['Credentials that are no object', inState(task({ Credentials: 'r' })), `${S}/Credentials`, /type Object/],
    [
      'Credentials under another name',
      inState(task({ Credentials: { roleArn: 'r' } })),
      `${S}/Credentials`,
      /^The field 'RoleArn' is required but was missing$/,
    ],
    ['a variable that is no identifier', inState(pass({ Assign: { 'a-b': 1 } })), `${S}/Assign`, /'a-b' is not valid/],
    ['a variable of 81 characters', inState(pass({ Assign: { ['v'.repeat(81)]: 1 } })), `${S}/Assign`, /not valid/],
    ['the reserved variable', inState(pass({ Assign: { 'states.$': '$' } })), `${S}/Assign`, /'states' is reserved/],
    [
      'an unknown parameter of startExecution',
      inState(task({ Resource: integration('states:startExecution'), Parameters: { StateMachineArn: 'm', Wait: 1 } })),
      `${S}/Parameters`,
      /^The field "Wait" is not supported by Step Functions$/,
    ],
  ]);
});

describe('warnings, which no verdict hangs on', () => {
  const warningsOf = (state: Json) => {
    const { errors, warnings } = diagnose(JSON.stringify(inState(state)), {});
    assert.deepEqual(errors, []);
    return warnings.map(({ severity, code, location }) => `${severity} ${code} ${location}`);
  };

  test('a path in a template without .$', () => {
    const Parameters = { a: [{ b: '$.b' }], c: 'States.UUID()', 'd.$': '$.d', e: 'costs $5' };
    const warning = `WARNING NO_DOLLAR ${S}/Parameters`;
    assert.deepEqual(warningsOf(pass({ Parameters })), [warning, warning]);
  });

  test('a path as the Result of a Pass state', () => {
    assert.deepEqual(warningsOf(pass({ Result: { a: '$.b' } })), [`WARNING PASS_RESULT_IS_STATIC ${S}/Result`]);
    assert.deepEqual(warningsOf(pass({ Result: 'b' })), []);
  });

  test('a path in a field that takes a text', () => {
    assert.deepEqual(warningsOf({ Type: 'Fail', Cause: '$.cause' }), [`WARNING NO_PATH ${S}/Cause`]);
  });
});
