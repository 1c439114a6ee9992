import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts } from '../../src/accounts/accounts.ts';
import { Authorization } from '../../src/accounts/authorize.ts';
import { type Denial, Denials } from '../../src/accounts/denials.ts';
import { parsePolicy } from '../../src/iam/policy.ts';
import type { Principal } from '../../src/iam/principal.ts';

const ACCOUNT = '111111111111';
const NOW = Date.UTC(2026, 10, 24, 1, 2, 3, 456);
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Map`;
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:list`;
const CALLER = { roleArn: ROLE, region: 'us-east-1', sessionName: 'run' };

function embedded(...statements: readonly object[]) {
  const accounts = new Accounts({ now: () => 0 });
  const denials = new Denials(() => 0);
  const reported: Denial[] = [];
  const authorization = new Authorization(
    accounts,
    denials,
    (denial) => reported.push(denial),
    () => NOW,
  );
  const trust = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const policies = statements.map((Statement, i) => ({ name: `Policy${i}`, document: { Statement } }));
  const role = accounts.createRole({
    accountId: ACCOUNT,
    roleName: 'Map',
    trustPolicy: { Statement: trust },
    policies,
  });
  return { accounts, denials, authorization, reported, role };
}

test('a role may do what its policies allow, and nothing is recorded', () => {
  const { authorization, denials } = embedded({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: FUNCTION });
  assert.deepEqual(authorization.check(CALLER, 'lambda:InvokeFunction', FUNCTION), { kind: 'allowed' });
  assert.deepEqual(denials.list(), []);
});

test('a role that may not is refused in the words of AWS; the denial is recorded, and reported once', () => {
  const { authorization, denials, reported } = embedded();
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(authorization.check(CALLER, 'lambda:InvokeFunction', FUNCTION), {
      kind: 'refused',
      code: 'AccessDeniedException',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/Map/run is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION} because no identity-based policy allows the lambda:InvokeFunction action`,
    });
  }
  assert.equal(denials.list()[0]?.count, 3);
  assert.equal(reported.length, 1);
});

test('a function of another account needs a policy of that account too', () => {
  const { authorization, denials } = embedded({ Effect: 'Allow', Action: '*', Resource: '*' });
  const foreign = FUNCTION.replace(ACCOUNT, '222222222222');
  assert.equal(authorization.check(CALLER, 'lambda:InvokeFunction', foreign).kind, 'refused');
  assert.deepEqual(
    denials.list()[0]?.missing.map(({ accountId }) => accountId),
    ['222222222222'],
  );
});

test('a caller whose role does not exist is refused', () => {
  const { authorization } = embedded();
  const caller = { ...CALLER, roleArn: `${ROLE}2` };
  assert.equal(authorization.check(caller, 'lambda:InvokeFunction', FUNCTION).kind, 'refused');
});

test('a resource whose ARN names no account is not for check', () => {
  const { authorization } = embedded({ Effect: 'Allow', Action: '*', Resource: '*' });
  assert.throws(() => authorization.check(CALLER, 's3:GetObject', 'arn:aws:s3:::data/a'));
});

test('conditions see the principal, its account and type, the resource account and the Region', () => {
  const { authorization, accounts, role } = embedded();
  const { developer } = accounts.account(ACCOUNT);
  const session = accounts.callerForRole(ROLE, 'run').principal;
  const user: Principal = {
    kind: 'iam-user',
    accountId: ACCOUNT,
    arn: developer.arn,
    id: developer.userId,
    userName: 'crossmap',
  };
  const root: Principal = { kind: 'root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` };
  const expected: readonly (readonly [Principal, Readonly<Record<string, string>>])[] = [
    [session, { PrincipalArn: ROLE, PrincipalType: 'AssumedRole', userid: `${role.roleId}:run` }],
    [user, { PrincipalArn: developer.arn, PrincipalType: 'User', userid: developer.userId, username: 'crossmap' }],
    [root, { PrincipalArn: root.arn, PrincipalType: 'Account', userid: ACCOUNT }],
    [{ kind: 'anonymous' }, { PrincipalType: 'Anonymous', userid: 'anonymous' }],
  ];
  for (const [principal, keys] of expected) {
    const StringEquals = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`aws:${key}`, value]));
    const Condition = {
      StringEquals: { ...StringEquals, 'aws:ResourceAccount': '222222222222', 'aws:RequestedRegion': 'eu-west-1' },
      ...(principal.kind === 'iam-user' ? {} : { Null: { 'aws:username': 'true' } }),
    };
    const statement = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*', Condition };
    const decision = authorization.authorize({
      principal,
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::data/a',
      resourceAccount: '222222222222',
      identityPolicies: [],
      resourcePolicy: { name: 'bucket policy of data', policy: parsePolicy({ Statement: statement }, 'resource') },
      context: { 'aws:RequestedRegion': 'eu-west-1' },
    });
    assert.equal(decision.decision, 'ExplicitDeny', principal.kind);
  }
});

test('a request cannot claim to be somebody else', () => {
  const Condition = { StringEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/Admin' } };
  const { authorization, accounts } = embedded({ Effect: 'Allow', Action: '*', Resource: '*', Condition });
  const { decision } = authorization.authorize({
    ...accounts.callerForRole(ROLE, 'run'),
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::data/a',
    resourceAccount: ACCOUNT,
    context: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/Admin' },
  });
  assert.equal(decision, 'ImplicitDeny');
});
