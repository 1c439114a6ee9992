import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts } from '../../src/accounts/accounts.ts';
import { Authorization } from '../../src/accounts/authorize.ts';
import { type Denial, Denials } from '../../src/accounts/denials.ts';
import { Organization } from '../../src/accounts/organization.ts';
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

const MEMBER = '111111111111';
const NOTHING = { Effect: 'Allow', Action: 'states:*', Resource: '*' };

/** The account is in a unit that is allowed nothing of S3 when `limited`; the other account is beside it. */
function organization(limited: boolean): Organization {
  return new Organization({
    id: 'o-exampleorg1',
    rootId: 'r-ab12',
    managementAccount: '999999999999',
    accounts: [{ id: '222222222222' }],
    units: [
      {
        id: 'ou-ab12-11111111',
        ...(limited && {
          fullAWSAccess: false,
          serviceControlPolicies: { Nothing: { Version: '2012-10-17', Statement: NOTHING } },
        }),
        accounts: [{ id: MEMBER }],
      },
    ],
  });
}

/** What the authorizer decides about a read of another account's object that a statement of its policy speaks of. */
function decided(
  { accounts, authorization }: ReturnType<typeof embedded>,
  fields: { readonly principal?: Principal; readonly Condition?: object; readonly Effect?: string } = {},
) {
  const { Condition, Effect = 'Deny', principal } = fields;
  const caller = accounts.callerForRole(ROLE, 'run');
  const open = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  const statement = { ...open, Effect, ...(Condition && { Condition }) };
  const policy = parsePolicy({ Version: '2012-10-17', Statement: [open, statement] }, 'resource');
  return authorization.authorize({
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::data/a',
    resourceAccount: '222222222222',
    resourcePolicy: { name: 'bucket policy of data', policy },
    context: {},
    ...caller,
    ...(principal && { principal }),
  });
}

const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };

test('conditions see the organization of principal and resource, and the time', () => {
  const world = embedded(EVERYTHING);
  world.accounts.join(organization(false));
  for (const StringEquals of [
    { 'aws:PrincipalOrgID': 'o-exampleorg1' },
    { 'aws:PrincipalOrgPaths': 'o-exampleorg1/r-ab12/ou-ab12-11111111/' },
    { 'aws:ResourceOrgID': 'o-exampleorg1' },
    { 'aws:ResourceOrgPaths': 'o-exampleorg1/r-ab12/' },
    { 'aws:CurrentTime': '2026-11-24T01:02:03Z' },
    { 'aws:EpochTime': String(Math.floor(NOW / 1000)) },
  ]) {
    const decision = decided(world, { Condition: { StringEquals } });
    assert.equal(decision.decision, 'ExplicitDeny', JSON.stringify(StringEquals));
  }
  assert.equal(decided(world, { Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-other' } } }).decision, 'Allow');
});

test('conditions see the tags of the principal and when its session began', () => {
  const { accountId, arn, id, roleArn } = { ...embedded().role, roleArn: ROLE, id: 'AROA' };
  const principal: Principal = {
    kind: 'role-session',
    accountId,
    arn,
    id,
    roleArn,
    tags: { Team: 'Blue' },
    issued: NOW,
  };
  for (const Condition of [
    { StringEquals: { 'aws:PrincipalTag/Team': 'Blue' } },
    { DateEquals: { 'aws:TokenIssueTime': '2026-11-24T01:02:03Z' } },
  ]) {
    assert.equal(decided(embedded(EVERYTHING), { principal, Condition }).decision, 'ExplicitDeny');
  }
  assert.equal(
    decided(embedded(EVERYTHING), { Condition: { Null: { 'aws:TokenIssueTime': 'false' } } }).decision,
    'Allow',
  );
});

test('a session that was issued credentials knows when', () => {
  const { accounts } = embedded(EVERYTHING);
  const { accessKeyId, sessionToken } = accounts.credentialsForRole(ROLE, 'run');
  const found = accounts.caller(accessKeyId, sessionToken);
  assert.ok(found.kind === 'found' && found.caller.principal.kind === 'role-session');
  assert.equal(found.caller.principal.issued, 0);
});

test('service control policies bind the principals of their accounts, but no service-linked role', () => {
  const world = embedded(EVERYTHING);
  assert.equal(decided(world, { Effect: 'Allow' }).decision, 'Allow');
  world.accounts.join(organization(true));
  const denied = decided(world, { Effect: 'Allow' });
  assert.ok(denied.decision === 'ImplicitDeny');
  assert.deepEqual(
    denied.missing.map(({ document, accountId }) => [document, accountId]),
    [['service control policies of organizational unit ou-ab12-11111111', '999999999999']],
  );
  const roleArn = `arn:aws:iam::${MEMBER}:role/aws-service-role/s3.amazonaws.com/Linked`;
  const arn = `arn:aws:sts::${MEMBER}:assumed-role/Linked/s3`;
  const principal: Principal = { kind: 'role-session', accountId: MEMBER, arn, id: 'AROALINKED', roleArn };
  assert.equal(decided(world, { Effect: 'Allow', principal }).decision, 'Allow');
});

test('the message of a denial names policies within an organization only', () => {
  const world = embedded(EVERYTHING);
  const stranger = decided(world);
  assert.ok(stranger.decision === 'ExplicitDeny');
  assert.equal(stranger.message, 'Access Denied');
  world.accounts.join(organization(false));
  const member = decided(world);
  assert.ok(member.decision === 'ExplicitDeny');
  assert.match(member.message, / with an explicit deny in a resource-based policy$/);
});

test('a recorded denial holds what every document said', () => {
  const world = embedded(NOTHING);
  decided(world, { Effect: 'Allow' });
  assert.deepEqual(
    world.denials.list()[0]?.documents.map(({ policyType, verdict, accountId }) => [policyType, verdict, accountId]),
    [
      ['resource-based policy', 'allows', '222222222222'],
      ['identity-based policy', 'silent', ACCOUNT],
    ],
  );
});
