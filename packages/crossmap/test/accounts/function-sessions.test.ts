import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts } from '../../src/accounts/accounts.ts';
import { FunctionSessions } from '../../src/accounts/function-sessions.ts';

const ROLE = 'arn:aws:iam::222222222222:role/process';
const PROCESS = { functionArn: 'arn:aws:lambda:us-east-1:222222222222:function:process', functionName: 'process' };

test('a function keeps its session until half of it is over, and its keys are those of its role', () => {
  let time = 0;
  const accounts = new Accounts({ now: () => time });
  accounts.createRole({
    accountId: '222222222222',
    roleName: 'process',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
  });
  const sessions = new FunctionSessions(accounts, () => time);
  sessions.add(PROCESS.functionArn, ROLE);

  const first = sessions.credentials(PROCESS);
  time = 30 * 60_000;
  assert.equal(sessions.credentials(PROCESS), first);
  time += 1;
  const second = sessions.credentials(PROCESS);
  assert.notEqual(second.sessionToken, first.sessionToken);

  const found = accounts.caller(second.accessKeyId, second.sessionToken);
  assert.ok(found.kind === 'found' && found.caller.principal.kind === 'role-session');
  assert.equal(found.caller.principal.roleArn, ROLE);
});
