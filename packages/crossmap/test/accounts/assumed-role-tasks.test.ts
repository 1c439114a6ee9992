import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts } from '../../src/accounts/accounts.ts';
import { AssumedRoleTasks } from '../../src/accounts/assumed-role-tasks.ts';
import { Authorization } from '../../src/accounts/authorize.ts';
import { Denials } from '../../src/accounts/denials.ts';
import type { TaskRequest } from '../../src/engine/ports.ts';

const HERE = '111111111111';
const THERE = '222222222222';
const MACHINE = `arn:aws:states:eu-west-1:${HERE}:stateMachine:machine`;
const STATES = {
  Statement: { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
};
const ASSUME = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };
const trusting = (Principal: object, Condition?: object) => ({
  Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...(Condition && { Condition }) },
});

/** Runs a task with credentials; gives the requests that came through, the failure and the denials. */
async function run(policy: object | undefined, trustPolicy: object | undefined) {
  const accounts = new Accounts({ now: () => 0 });
  const denials = new Denials(() => 0);
  const authorizer = new Authorization(
    accounts,
    denials,
    () => {},
    () => 0,
  );
  const policies = policy === undefined ? [] : [{ name: 'Assume', document: { Statement: policy } }];
  const workflow = accounts.createRole({ accountId: HERE, roleName: 'workflow', trustPolicy: STATES, policies });
  const roleArn = `arn:aws:iam::${THERE}:role/other`;
  if (trustPolicy !== undefined) accounts.createRole({ accountId: THERE, roleName: 'other', trustPolicy });
  const requests: TaskRequest[] = [];
  const tasks = new AssumedRoleTasks({
    tasks: {
      async run(request) {
        requests.push(request);
        return { kind: 'succeeded', output: 'ran' };
      },
    },
    accounts,
    authorizer,
  });
  const outcome = await tasks.run({
    caller: { roleArn: workflow.arn, region: 'eu-west-1', sessionName: 'one' },
    resource: { kind: 'lambda-function', functionArn: `arn:aws:lambda:eu-west-1:${THERE}:function:f` },
    parameters: {},
    credentials: { roleArn, sessionName: 'machine', externalId: MACHINE },
  });
  return { requests, outcome, denied: denials.list().map(({ missing }) => missing.map(({ accountId }) => accountId)) };
}

const refused = {
  kind: 'failed',
  failure: {
    error: 'States.Permissions',
    cause: `The role arn:aws:iam::${HERE}:role/workflow is not authorized to assume the task state's role, arn:aws:iam::${THERE}:role/other.`,
  },
};

test('a task acts as the role it names when that trusts the role of the state machine, which may assume it', async () => {
  const { requests, outcome } = await run(ASSUME, trusting({ AWS: `arn:aws:iam::${HERE}:role/workflow` }));
  assert.deepEqual(outcome, { kind: 'succeeded', output: 'ran' });
  assert.deepEqual(requests[0]?.caller, {
    roleArn: `arn:aws:iam::${THERE}:role/other`,
    region: 'eu-west-1',
    sessionName: 'machine',
  });
  assert.equal(requests[0]?.credentials, undefined);
});

test('a role that trusts the account only is assumed by those of it who may', async () => {
  const root = trusting({ AWS: `arn:aws:iam::${HERE}:root` });
  assert.equal((await run(ASSUME, root)).outcome.kind, 'succeeded');
  const { outcome, requests, denied } = await run(undefined, root);
  assert.deepEqual([outcome, requests, denied], [refused, [], [[HERE]]]);
});

test('a role that trusts nobody here, or is not there, fails the task and is told as a denial', async () => {
  for (const trust of [trusting({ Service: 'lambda.amazonaws.com' }), undefined]) {
    const { outcome, requests, denied } = await run(ASSUME, trust);
    assert.deepEqual([outcome, requests, denied], [refused, [], [[THERE]]]);
  }
});

test('the external id is the ARN of the state machine', async () => {
  const asked = (id: string) =>
    trusting({ AWS: `arn:aws:iam::${HERE}:root` }, { StringEquals: { 'sts:ExternalId': id } });
  assert.equal((await run(ASSUME, asked(MACHINE))).outcome.kind, 'succeeded');
  assert.equal((await run(ASSUME, asked(`${MACHINE}2`))).outcome.kind, 'failed');
});
