import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  ValidateStateMachineDefinitionCommand,
  type ValidateStateMachineDefinitionInput,
} from '@aws-sdk/client-sfn';
import { startLocal, type TestLocal } from '../src/testing.ts';
import { ACCOUNT, REGION, ROLE_ARN, writeAssembly } from './cloud-assembly.ts';

const pass = { Type: 'Pass', End: true };

describe('definitions in the Step Functions API, by the AWS SDK', () => {
  let local: TestLocal;
  let sfn: SFNClient;
  before(async () => {
    local = await startLocal({ assembly: await writeAssembly({ stateMachines: {} }) });
    sfn = new SFNClient(local.clientConfig(ACCOUNT));
  });
  after(() => local.close());

  async function validate(definition: object, options: Partial<ValidateStateMachineDefinitionInput> = {}) {
    const input = { definition: JSON.stringify(definition), ...options };
    const { result, diagnostics, truncated } = await sfn.send(new ValidateStateMachineDefinitionCommand(input));
    return { result, diagnostics, truncated };
  }
  const refusalOf = (options: Partial<ValidateStateMachineDefinitionInput>) =>
    validate({}, options).then(
      () => assert.fail('expected a refusal'),
      (thrown: unknown) => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : ''),
    );

  test('a definition without problems is OK, one with problems FAILs with all of them', async () => {
    const good = { StartAt: 'A', States: { A: pass } };
    assert.deepEqual(await validate(good), { result: 'OK', diagnostics: [], truncated: false });
    assert.deepEqual(await validate({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } }), {
      result: 'FAIL',
      diagnostics: [{ severity: 'ERROR', code: 'MISSING_END_STATE', message: 'Workflow has no terminal state' }],
      truncated: false,
    });
    const { diagnostics = [] } = await validate({ States: { A: { ...pass, Foo: 1, Bar: 2 } } });
    assert.deepEqual(
      diagnostics.map(({ location, message }) => `${location} ${message}`),
      [
        '/ These fields are required: [StartAt]',
        "/States/A Field 'Foo' is not supported",
        "/States/A Field 'Bar' is not supported",
      ],
    );
  });

  test('the verdict is that of AWS, also on what is not run here', async () => {
    const queue = { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true };
    const definition = { StartAt: 'A', States: { A: queue } };
    assert.equal((await validate(definition)).result, 'OK');
    assert.equal((await validate(definition, { type: 'EXPRESS' })).result, 'FAIL');
    const text = JSON.stringify(definition);
    const creation = sfn.send(new CreateStateMachineCommand({ name: 'q', definition: text, roleArn: ROLE_ARN }));
    await assert.rejects(creation, /InvalidDefinition.*sqs:sendMessage\.waitForTaskToken` is not supported yet/s);
  });

  test('warnings are given when they are asked for, after the errors', async () => {
    const definition = { StartAt: 'A', States: { A: { ...pass, Result: '$.a' } } };
    assert.deepEqual((await validate(definition)).diagnostics, []);
    const warned = await validate(definition, { severity: 'WARNING' });
    assert.equal(warned.result, 'OK');
    assert.deepEqual(
      warned.diagnostics?.map(({ severity, code }) => [severity, code]),
      [['WARNING', 'PASS_RESULT_IS_STATIC']],
    );
    const both = await validate({ ...definition, Foo: 1 }, { severity: 'WARNING' });
    assert.deepEqual(
      both.diagnostics?.map(({ severity }) => severity),
      ['ERROR', 'WARNING'],
    );
  });

  test('no more diagnostics than asked for, at most 100, and then it says so', async () => {
    const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]));
    const definition = (count: number) => ({ StartAt: 'A', States: { A: pass }, ...unknown(count) });
    const counted = async (count: number, maxResults?: number) => {
      const { diagnostics, truncated } = await validate(
        definition(count),
        maxResults === undefined ? {} : { maxResults },
      );
      return [diagnostics?.length, truncated];
    };
    assert.deepEqual(await counted(3, 2), [2, true]);
    assert.deepEqual(await counted(2, 2), [2, false]);
    assert.deepEqual(await counted(101, 0), [100, true]);
    assert.deepEqual(await counted(100), [100, false]);
  });

  test('parameters out of their bounds are refused', async () => {
    assert.match(
      await refusalOf({ maxResults: 101 }),
      /^ValidationException: .*'maxResults' .*less than or equal to 100$/,
    );
    assert.match(
      await refusalOf({ type: 'FAST' as never }),
      /'FAST' at 'type' .*enum value set: \[STANDARD, EXPRESS\]$/,
    );
    assert.match(await refusalOf({ severity: 'INFO' as never }), /'INFO' at 'severity' .*\[ERROR, WARNING\]$/);
    assert.match(await refusalOf({ definition: '' }), /'definition' .*length greater than or equal to 1$/);
  });

  test('a state machine and that of an execution name the variables that each state reads', async () => {
    const A = { Type: 'Pass', Assign: { v: 1 }, Next: 'B' };
    const definition = JSON.stringify({ StartAt: 'A', States: { A, B: { ...pass, InputPath: '$v' } } });
    const roleArn = ROLE_ARN;
    const created = await sfn.send(new CreateStateMachineCommand({ name: 'reads', definition, roleArn }));
    const { stateMachineArn, creationDate } = created;
    const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    assert.deepEqual(described.variableReferences, { B: ['v'] });
    assert.deepEqual(described.encryptionConfiguration, { type: 'AWS_OWNED_KEY' });
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    const run = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    const { $metadata: _, ...members } = run;
    assert.deepEqual(members, {
      stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:reads`,
      name: 'reads',
      definition,
      roleArn,
      updateDate: creationDate,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      variableReferences: { B: ['v'] },
    });
    const unknown = new DescribeStateMachineForExecutionCommand({ executionArn: `${executionArn}x` });
    await assert.rejects(sfn.send(unknown), { name: 'ExecutionDoesNotExist' });
  });
});
