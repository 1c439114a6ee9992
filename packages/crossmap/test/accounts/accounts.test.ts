import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts, IamError } from '../../src/accounts/accounts.ts';

const ACCOUNT = '111111111111';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Reader`;
const READ = { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } };

function trusting(principal: unknown, condition?: object): object {
  const Condition = condition === undefined ? {} : { Condition: condition };
  return { Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...Condition } };
}

function accountsWithRole(trustPolicy: unknown = trusting({ Service: 'lambda.amazonaws.com' })) {
  const clock = { time: 0 };
  const accounts = new Accounts({ now: () => clock.time });
  const policies = [{ name: 'Read', document: READ }];
  const role = accounts.createRole({ accountId: ACCOUNT, roleName: 'Reader', trustPolicy, policies });
  return { accounts, clock, role };
}

function code(expected: IamError['code']): (error: unknown) => boolean {
  return (error) => error instanceof IamError && error.code === expected;
}

test('an account comes with a developer who may do everything and has an access key', () => {
  const accounts = new Accounts({ now: () => 0 });
  const { developer } = accounts.account(ACCOUNT);
  assert.equal(accounts.account(ACCOUNT).developer, developer);
  const found = accounts.caller(developer.accessKey.accessKeyId);
  assert.ok(found.kind === 'found');
  const arn = `arn:aws:iam::${ACCOUNT}:user/crossmap`;
  const id = developer.userId;
  assert.deepEqual(found.caller.principal, { kind: 'iam-user', accountId: ACCOUNT, arn, id, userName: 'crossmap' });
  assert.equal(found.secretAccessKey, developer.accessKey.secretAccessKey);
  assert.equal(found.caller.identityPolicies[0]?.policy.allows[0]?.action('s3:putobject', {}), true);
});

test('an account id has 12 digits', () => {
  assert.throws(() => new Accounts({ now: () => 0 }).account('1234'), code('InvalidInput'));
});

test('credentials of a role session lead to its caller, with the policies of that moment', () => {
  const { accounts } = accountsWithRole();
  const { accessKeyId, sessionToken, secretAccessKey } = accounts.credentialsForRole(ROLE, 'one');
  const before = accounts.caller(accessKeyId, sessionToken);
  assert.ok(before.kind === 'found');
  assert.equal(before.secretAccessKey, secretAccessKey);
  assert.deepEqual(before.caller.principal, {
    kind: 'role-session',
    accountId: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/one`,
    id: accounts.role(ROLE)?.roleId,
    roleArn: ROLE,
    issued: 0,
  });
  accounts.putRolePolicy(ROLE, { name: 'More', document: READ });
  accounts.putRolePolicy(ROLE, { name: 'Read', document: READ });
  const after = accounts.caller(accessKeyId, sessionToken);
  assert.ok(after.kind === 'found');
  const names = (caller: typeof after.caller) => caller.identityPolicies.map(({ name }) => name).sort();
  assert.deepEqual(names(before.caller), [`Read of role ${ROLE}`]);
  assert.deepEqual(names(after.caller), [`More of role ${ROLE}`, `Read of role ${ROLE}`]);
});

test('temporary credentials are refused from the moment they expire, one hour after they were issued', () => {
  const { accounts, clock } = accountsWithRole();
  clock.time = 1_000_000;
  const { accessKeyId, sessionToken, expiration } = accounts.credentialsForRole(ROLE, 'one');
  assert.equal(expiration, 1_000_000 + 3_600_000);
  clock.time = expiration - 1;
  assert.equal(accounts.caller(accessKeyId, sessionToken).kind, 'found');
  clock.time = expiration;
  const refused = accounts.caller(accessKeyId, sessionToken);
  assert.ok(refused.kind === 'refused');
  assert.equal(refused.code, 'ExpiredToken');
});

test('credentials that nobody issued are refused with the code of S3', () => {
  const { accounts } = accountsWithRole();
  const refusal = (accessKeyId: string, sessionToken?: string) => {
    const found = accounts.caller(accessKeyId, sessionToken);
    return found.kind === 'refused' ? found.code : found.kind;
  };
  const { accessKeyId } = accounts.credentialsForRole(ROLE, 'one');
  assert.equal(refusal('AKIAUNKNOWN'), 'InvalidAccessKeyId');
  assert.equal(refusal(accessKeyId), 'InvalidAccessKeyId');
  assert.equal(refusal(accessKeyId, 'x.y'), 'InvalidToken');
  assert.equal(refusal(accounts.account(ACCOUNT).developer.accessKey.accessKeyId, 'x.y'), 'InvalidToken');
});

test('a role has its path in its ARN, but not in the ARN of its sessions', () => {
  const { accounts } = accountsWithRole();
  const trustPolicy = trusting({ AWS: ACCOUNT });
  const { arn } = accounts.createRole({ accountId: ACCOUNT, roleName: 'Other', path: '/team/a/', trustPolicy });
  assert.equal(arn, `arn:aws:iam::${ACCOUNT}:role/team/a/Other`);
  const { principal } = accounts.callerForRole(arn, 'one');
  assert.ok(principal.kind === 'role-session');
  assert.equal(principal.arn, `arn:aws:sts::${ACCOUNT}:assumed-role/Other/one`);
});

test('names are taken once in an account, whatever path and case', () => {
  const { accounts } = accountsWithRole();
  const trustPolicy = trusting({ AWS: ACCOUNT });
  const again = { accountId: ACCOUNT, roleName: 'READER', path: '/x/', trustPolicy };
  assert.throws(() => accounts.createRole(again), code('EntityAlreadyExists'));
  assert.equal(accounts.createRole({ ...again, accountId: '222222222222' }).roleName, 'READER');
  accounts.createUser({ accountId: ACCOUNT, userName: 'alice' });
  assert.throws(() => accounts.createUser({ accountId: ACCOUNT, userName: 'Alice' }), code('EntityAlreadyExists'));
});

test('names and paths that IAM does not take are refused', () => {
  const { accounts } = accountsWithRole();
  const role = { accountId: ACCOUNT, roleName: 'Other', trustPolicy: trusting({ AWS: ACCOUNT }) };
  assert.throws(() => accounts.createRole({ ...role, roleName: 'a b' }), code('InvalidInput'));
  assert.throws(() => accounts.createRole({ ...role, roleName: 'a'.repeat(65) }), code('InvalidInput'));
  assert.throws(() => accounts.createRole({ ...role, path: 'team' }), code('InvalidInput'));
  assert.throws(() => accounts.credentialsForRole(ROLE, 'a/b'), code('InvalidInput'));
});

test('a policy that is not supported is refused and changes nothing', () => {
  const { accounts } = accountsWithRole();
  const document = { Statement: { ...READ.Statement, Condition: { IpAddress: { 'aws:SourceIp': 'everywhere' } } } };
  assert.throws(() => accounts.putRolePolicy(ROLE, { name: 'Read', document }), code('MalformedPolicyDocument'));
  assert.equal(accounts.callerForRole(ROLE, 'one').identityPolicies[0]?.policy.allows.length, 1);
  const other = { accountId: ACCOUNT, roleName: 'Other', trustPolicy: trusting({ AWS: ACCOUNT }) };
  const unknown = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  assert.throws(
    () => accounts.createRole({ ...other, managedPolicyArns: [unknown] }),
    (error: unknown) => code('NoSuchEntity')(error) && String(error).includes(unknown),
  );
  assert.equal(accounts.role(`arn:aws:iam::${ACCOUNT}:role/Other`), undefined);
});

test('a role that does not exist has no caller, credentials or policies', () => {
  const { accounts } = accountsWithRole();
  const missing = `${ROLE}2`;
  assert.throws(() => accounts.callerForRole(missing, 'one'), code('NoSuchEntity'));
  assert.throws(() => accounts.credentialsForRole(missing, 'one'), code('NoSuchEntity'));
  assert.throws(() => accounts.putRolePolicy(missing, { name: 'x', document: READ }), code('NoSuchEntity'));
});

test('a service assumes the roles whose trust policy names it', () => {
  const { accounts } = accountsWithRole();
  const assumed = accounts.assumeServiceRole(ROLE, 'lambda.amazonaws.com', 'my-function');
  assert.ok(assumed.kind === 'caller');
  assert.ok(assumed.caller.principal.kind === 'role-session');
  assert.equal(assumed.caller.principal.arn, `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/my-function`);
});

test('a service is let in by its Regional name too, in the Region of what it acts for', () => {
  const { accounts } = accountsWithRole(trusting({ Service: 'states.us-east-1.amazonaws.com' }));
  const outcome = (region: string) =>
    accounts.assumeServiceRole(
      ROLE,
      'states.amazonaws.com',
      'one',
      `arn:aws:states:${region}:${ACCOUNT}:stateMachine:m`,
    ).kind;
  assert.equal(outcome('us-east-1'), 'caller');
  assert.equal(outcome('eu-west-1'), 'refused');
});

test('a trust policy can be limited to the resource and account that a service acts for', () => {
  const sourceArn = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:m`;
  const condition = {
    ArnLike: { 'aws:SourceArn': `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:*` },
    StringEquals: { 'aws:SourceAccount': ACCOUNT },
  };
  const { accounts } = accountsWithRole(trusting({ Service: 'states.amazonaws.com' }, condition));
  assert.equal(accounts.assumeServiceRole(ROLE, 'states.amazonaws.com', 'one', sourceArn).kind, 'caller');
  assert.equal(accounts.assumeServiceRole(ROLE, 'states.amazonaws.com', 'one').kind, 'refused');
});

test('a service that may not assume the role answers in its own words, and the log learns why', () => {
  const { accounts } = accountsWithRole(trusting({ AWS: ACCOUNT }));
  const lambda = accounts.assumeServiceRole(ROLE, 'lambda.amazonaws.com', 'one');
  assert.ok(lambda.kind === 'refused');
  assert.equal(lambda.code, 'InvalidParameterValueException');
  assert.equal(lambda.message, 'The role defined for the function cannot be assumed by Lambda.');
  assert.ok(lambda.explanation.includes(`Add to the trust policy of role ${ROLE} in account ${ACCOUNT}`));

  const states = accounts.assumeServiceRole(`${ROLE}2`, 'states.amazonaws.com', 'one');
  assert.ok(states.kind === 'refused');
  assert.equal(states.code, 'AccessDeniedException');
  assert.ok(states.explanation.includes('does not exist'));
});

test('ids and keys come from the injected randomness', () => {
  const repeatable = () => new Accounts({ now: () => 0, random: (size) => new Uint8Array(size).fill(7) });
  assert.deepEqual(
    repeatable().account(ACCOUNT).developer.accessKey,
    repeatable().account(ACCOUNT).developer.accessKey,
  );
});
