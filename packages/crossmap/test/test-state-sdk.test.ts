import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SFNClient, TestStateCommand, type TestStateCommandInput } from '@aws-sdk/client-sfn';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, ROLE_ARN, writeAssembly } from './cloud-assembly.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const LAMBDA = { Type: 'Task', Resource: INVOKE, Parameters: { FunctionName: 'f', 'Payload.$': '$' }, End: true };
const PASS = { Type: 'Pass', End: true };
const processor = { StartAt: 'P', States: { P: PASS } };
const other = { StartAt: 'Q', States: { Q: PASS } };
const MAP = { Type: 'Map', ItemsPath: '$.items', ItemProcessor: processor, End: true };
const PARALLEL = { Type: 'Parallel', Branches: [processor, other], End: true };
const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:double`;

describe('TestState, by the AWS SDK', () => {
  let local: TestLocal;
  let sfn: SFNClient;
  before(async () => {
    const double = 'exports.handler = async ({ n }) => 2 * n;';
    local = await startLocal({ assembly: await writeAssembly({ functions: { double } }) });
    sfn = new SFNClient({ ...local.clientConfig(ACCOUNT), disableHostPrefix: true });
  });
  after(() => local.close());

  type Request = Omit<TestStateCommandInput, 'definition'>;
  const testState = async (state: object, request: Request = {}) => {
    const { $metadata: _, ...response } = await sfn.send(
      new TestStateCommand({ definition: JSON.stringify(state), ...request }),
    );
    return response;
  };
  const refusal = async (state: object, request: Request = {}) => {
    const error = await testState(state, request).then(
      () => assert.fail('expected a refusal'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error);
    return `${error.name}: ${error.message}`;
  };
  const result = (value: unknown, fieldValidationMode?: 'STRICT' | 'PRESENT' | 'NONE') => ({
    result: JSON.stringify(value),
    ...(fieldValidationMode && { fieldValidationMode }),
  });

  describe('what each inspection level shows', () => {
    const input = '{"a": 1}';
    const shown = async (state: object, request: Request = {}) =>
      Object.keys(
        (await testState(state, { input, inspectionLevel: 'DEBUG', ...request })).inspectionData ?? {},
      ).sort();

    test('INFO, the default, shows the output and the status', async () => {
      assert.deepEqual(await testState({ ...PASS, End: undefined, Next: 'N' }, { input }), {
        output: input,
        nextState: 'N',
        status: 'SUCCEEDED',
      });
    });

    test('DEBUG and TRACE show the same stages of a Pass state', async () => {
      const stages = ['afterInputPath', 'afterParameters', 'afterResultPath', 'afterResultSelector', 'input'];
      assert.deepEqual(await shown(PASS), stages);
      assert.deepEqual(await shown(PASS, { inspectionLevel: 'TRACE' }), stages);
    });

    test('a Pass state with a Result shows that in the place of its input, even beside Parameters', async () => {
      const state = { ...PASS, Result: 1, Parameters: {} };
      assert.deepEqual(await shown(state), ['afterResultPath', 'afterResultSelector', 'input', 'result']);
    });

    test('states that only pass on show what InputPath gives', async () => {
      for (const state of [{ Type: 'Succeed' }, { Type: 'Fail' }, { Type: 'Wait', Seconds: 0, End: true }]) {
        assert.deepEqual(await shown(state), ['afterInputPath', 'input']);
      }
    });

    test('a Parallel state shows its result, a Map state what it maps, neither shows Parameters', async () => {
      const parallel = await shown(PARALLEL, { mock: result([1, 2]) });
      assert.deepEqual(parallel, ['afterResultPath', 'afterResultSelector', 'input']);
      const map = await shown(MAP, { input: '{"items": [1, 2]}', mock: result([1, 2]) });
      const mapped = ['afterInputPath', 'afterItemsPath', 'afterResultPath', 'afterResultSelector', 'input'];
      assert.deepEqual(map, [...mapped, 'maxConcurrency']);
    });

    test('in JSONata only a Task shows more than its input', async () => {
      const QueryLanguage = 'JSONata';
      assert.deepEqual(await shown({ ...PASS, QueryLanguage }), ['input']);
      const { Parameters: _, ...task } = { ...LAMBDA, QueryLanguage, Arguments: { FunctionName: 'f' } };
      assert.deepEqual(await shown(task, { mock: result({}) }), ['afterArguments', 'input', 'result']);
      const { ItemsPath: _items, ...map } = { ...MAP, QueryLanguage, Items: [1] };
      assert.deepEqual(await shown(map, { mock: result([1]) }), ['input', 'maxConcurrency']);
    });

    test('variables are shown when there are any', async () => {
      const { inspectionData } = await testState(PASS, { inspectionLevel: 'DEBUG', variables: '{"v":1}' });
      assert.equal(inspectionData?.variables, '{"v":1}');
      assert.ok(!(await shown(PASS, { variables: '{}' })).includes('variables'));
    });
  });

  test('what comes whole from the request keeps its text, a list of items has spaces', async () => {
    const input = '{"items":  ["a","b"]}';
    const mock = { result: '[ 1,2 ]' };
    const { output, inspectionData } = await testState(MAP, { input, mock, inspectionLevel: 'DEBUG' });
    assert.equal(output, mock.result);
    assert.equal(inspectionData?.afterInputPath, input);
    assert.equal(inspectionData?.afterItemsPath, '["a", "b"]');
  });

  describe('the state that is tested', () => {
    const machine = {
      QueryLanguage: 'JSONata',
      StartAt: 'Outer',
      States: {
        Outer: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Inner',
            States: { Inner: { ...PASS, Output: '{% $states.context.Map.Item.Value %}' } },
          },
          Next: 'Call',
        },
        Call: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', Arguments: {}, End: true },
      },
    };

    test('is found at any depth, in the language of the machine, and called StateName', async () => {
      const inner = await testState(machine, { stateName: 'Inner', input: '"item"' });
      assert.equal(inner.output, '"item"');
      const call = { ...machine.States.Call, Output: '{% $states.context.State.Name %}' };
      const named = { ...machine, States: { ...machine.States, Call: call } };
      assert.equal((await testState(named, { stateName: 'Call', mock: result({}) })).output, '"StateName"');
    });

    test('is refused when there is none of the name', async () => {
      assert.equal(await refusal(machine, { stateName: 'None' }), 'ValidationException: State not found in definition');
    });

    test('and the machine around it must be valid', async () => {
      assert.match(await refusal({ StartAt: 'A' }, { stateName: 'A' }), /^InvalidDefinition: .*\[States\]/);
      assert.match(await refusal({ ...PARALLEL, Branches: [] }), /^InvalidDefinition: .*\/States\/StateName\/Branches/);
      assert.match(await refusal(['no state']), /^InvalidDefinition: /);
    });

    test('may lead to states that are not given, and name any service when it is mocked', async () => {
      const Choices = [{ Variable: '$.a', IsPresent: true, Next: 'N' }];
      assert.equal((await testState({ Type: 'Choice', Choices, Default: 'D' })).nextState, 'D');
      const state = { ...LAMBDA, Resource: 'arn:aws:states:::dynamodb:putItem', Parameters: {} };
      assert.equal((await testState(state, { mock: result({}) })).status, 'SUCCEEDED');
      assert.match(await refusal(state, { roleArn: ROLE_ARN }), /^InvalidDefinition: .*dynamodb:putItem/);
    });
  });

  describe('what is refused of a mock', () => {
    const errorOutput = { error: 'E' };
    const cases: readonly (readonly [string, object, Request, string])[] = [
      [
        'a mock of a Pass state',
        PASS,
        { mock: result(1) },
        "State type 'Pass' is not supported when a mock is specified",
      ],
      [
        'a result beside an error',
        LAMBDA,
        { mock: { ...result({}), errorOutput } },
        'A test mock should have only one of the following fields: [result, errorOutput].',
      ],
      [
        'neither',
        LAMBDA,
        { mock: {} },
        'A test mock should have only one of the following fields: [result, errorOutput].',
      ],
      [
        'revealSecrets',
        LAMBDA,
        { mock: result({}), revealSecrets: true },
        'TestState does not support RevealSecrets when a mock is specified.',
      ],
      ['a Parallel result that is no array', PARALLEL, { mock: result({}) }, 'Mocked result must be an array.'],
      ['a Map result that is no array', MAP, { mock: result({}) }, 'Mocked result must be an array.'],
      [
        'a Parallel result of another length',
        PARALLEL,
        { mock: result([1]) },
        'Mocked result must contain the same number of items as number of Parallel branches.',
      ],
      [
        'a result that the API cannot give',
        LAMBDA,
        { mock: result({ StatusCode: '200' }) },
        "Mock result schema validation error: Field 'StatusCode' must be a number",
      ],
      ['a context without a mock', PASS, { context: '{}' }, "'context' may only be specified if a mock is specified."],
    ];
    for (const [what, state, request, message] of cases) {
      test(what, async () => assert.equal(await refusal(state, request), `ValidationException: ${message}`));
    }

    test('the result of a service whose model is not here, unless it is not validated', async () => {
      const state = { ...LAMBDA, Resource: 'arn:aws:states:::aws-sdk:rekognition:detectFaces', Parameters: {} };
      assert.match(await refusal(state, { mock: result({}) }), /detectFaces` cannot be validated here/);
      assert.equal((await testState(state, { mock: result({}, 'NONE') })).status, 'SUCCEEDED');
      const http = { ...LAMBDA, Resource: 'arn:aws:states:::http:invoke', Parameters: {} };
      assert.equal((await testState(http, { mock: result({ StatusCode: 'any' }) })).status, 'SUCCEEDED');
    });

    test('STRICT asks for required fields, PRESENT does not, NONE for nothing', async () => {
      const state = {
        ...LAMBDA,
        Resource: 'arn:aws:states:::states:startExecution',
        Parameters: { StateMachineArn: 'a' },
      };
      const validation = 'ValidationException: Mock result schema validation error:';
      assert.equal(
        await refusal(state, { mock: result({}) }),
        `${validation} Required field 'ExecutionArn' is missing`,
      );
      assert.equal((await testState(state, { mock: result({}, 'PRESENT') })).status, 'SUCCEEDED');
      const bad = { ExecutionArn: 'a', StartDate: true };
      const wrong = `${validation} Field 'StartDate' must be a string`;
      assert.equal(await refusal(state, { mock: result(bad, 'PRESENT') }), wrong);
      assert.equal((await testState(state, { mock: result(bad, 'NONE') })).status, 'SUCCEEDED');
    });

    test('with .sync the result is that of the operation that is polled', async () => {
      const Resource = 'arn:aws:states:::states:startExecution.sync:2';
      const state = { ...LAMBDA, Resource, Parameters: { StateMachineArn: 'a' } };
      assert.match(await refusal(state, { mock: result({ ExecutionArn: 'a' }) }), /'StateMachineArn' is missing/);
    });

    test('the payload of lambda:invoke may be any JSON, an answer to a task token too', async () => {
      assert.equal((await testState(LAMBDA, { mock: result({ Payload: { a: [1] } }) })).status, 'SUCCEEDED');
      const state = { ...LAMBDA, Resource: `${INVOKE}.waitForTaskToken` };
      assert.equal((await testState(state, { mock: result({ StatusCode: 'any' }) })).status, 'SUCCEEDED');
    });
  });

  describe('what is refused of a context', () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [{ Map: {} }, "'Map' field is not supported when mocking a Context object"],
      [{ Execution: { Id: 1 } }, 'Execution.Id must be a string'],
      [{ State: { RetryCount: '1' } }, 'State.RetryCount must be a number'],
      [{ State: 1 }, 'State must be an object'],
      [
        { Task: { Token: 't' } },
        "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
      ],
    ];
    for (const [context, message] of cases) {
      test(JSON.stringify(context), async () => {
        const refused = await refusal(LAMBDA, { context: JSON.stringify(context), mock: result({}) });
        assert.equal(refused, `ValidationException: Invalid Context object provided: ${message}`);
      });
    }

    test('the token of a task that waits for one is seen', async () => {
      const Parameters = { FunctionName: 'f', 'Payload.$': '$$.Task.Token' };
      const state = { ...LAMBDA, Resource: `${INVOKE}.waitForTaskToken`, Parameters };
      const request = { context: '{"Task":{"Token":"t"}}', mock: result({}), inspectionLevel: 'DEBUG' as const };
      const { inspectionData } = await testState(state, request);
      assert.equal(inspectionData?.afterParameters, '{"FunctionName":"f","Payload":"t"}');
    });
  });

  describe('what is refused of a configuration', () => {
    const cases: readonly (readonly [string, object, NonNullable<Request['stateConfiguration']>, RegExp])[] = [
      ['a state that is not inside', MAP, { errorCausedByState: 'None' }, /'None'/],
      ['failed iterations of a Task', LAMBDA, { mapIterationFailureCount: 1 }, /a Map state, got a Task state/],
      ['the object of no ItemReader', MAP, { mapItemReaderData: '[]' }, /ItemReader/],
      ['more failed iterations than items', MAP, { mapIterationFailureCount: 2 }, /number of items, 1/],
      ['a count below 0', LAMBDA, { retrierRetryCount: -1 }, /greater than or equal to 0/],
    ];
    for (const [what, state, stateConfiguration, expected] of cases) {
      test(what, async () => {
        const mock = result(state === MAP ? [] : {});
        const refused = await refusal(state, { stateConfiguration, mock, input: '{"items":[1]}' });
        assert.match(refused, /^ValidationException: /);
        assert.match(refused, expected);
      });
    }
  });

  describe('without a mock', () => {
    test('Map and Parallel states are refused in the words of AWS', async () => {
      const supported = 'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
      for (const state of [MAP, PARALLEL]) {
        const message = `TestState API does not support Map or Parallel states. ${supported}`;
        assert.equal(await refusal(state), `InvalidDefinition: ${message}`);
      }
    });

    test('a task needs a role, which Step Functions can assume', async () => {
      assert.equal(await refusal(LAMBDA), 'ValidationException: RoleArn must be specified when testing a Task state');
      const none = `arn:aws:iam::${ACCOUNT}:role/none`;
      assert.match(await refusal(LAMBDA, { roleArn: none }), /^AccessDeniedException: Neither the global/);
    });

    test('tasks that something else ends are refused', async () => {
      const state = { ...LAMBDA, Resource: `${INVOKE}.waitForTaskToken` };
      assert.match(await refusal(state, { roleArn: ROLE_ARN }), /only supports the following when a mock is specified/);
    });

    test('a task calls the function as the role of the test', async () => {
      const state = { Type: 'Task', Resource: functionArn, End: true };
      const { output, status } = await testState(state, { roleArn: ROLE_ARN, input: '{"n":21}' });
      assert.deepEqual([status, output], ['SUCCEEDED', '42']);
    });
  });

  test('an input that is no JSON, a level that is none, and an unknown member are refused', async () => {
    assert.match(await refusal(PASS, { input: '{' }), /^InvalidExecutionInput: /);
    assert.match(await refusal(PASS, { inspectionLevel: 'ALL' as never }), /enum value set: \[INFO, DEBUG, TRACE\]/);
    assert.match(await refusal(PASS, { variables: '[]' }), /^ValidationException: Expected the variables/);
  });
});
