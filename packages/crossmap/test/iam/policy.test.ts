import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyError, type PolicyKind, parsePolicy } from '../../src/iam/policy.ts';
import type { Principal } from '../../src/iam/principal.ts';

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' };
const VARIABLE = `$${'{aws:username}'}`;

function refused(document: unknown, kind: PolicyKind, ...named: readonly string[]): void {
  assert.throws(
    () => parsePolicy(document, kind),
    (error: unknown) => {
      assert.ok(error instanceof PolicyError);
      for (const name of named) assert.ok(error.message.includes(name), `${error.message} names ${name}`);
      return true;
    },
  );
}

function statement(fields: object): object {
  return { Version: '2012-10-17', Statement: [{ ...ALLOW, ...fields }] };
}

test('one statement may stand without a list; statements are named by Sid or place', () => {
  assert.equal(parsePolicy({ Statement: ALLOW }, 'identity').allows[0]?.name, 'Statement[0]');
  const two = parsePolicy({ Id: 'x', Statement: [ALLOW, { ...ALLOW, Sid: 'Two', Effect: 'Deny' }] }, 'identity');
  assert.equal(two.denies[0]?.name, 'Two');
});

test('actions are compared in any case, resources are not', () => {
  const [allow] = parsePolicy(statement({ Action: ['S3:getObject', 's3:List*'] }), 'identity').allows;
  assert.equal(allow?.action('s3:getobject', {}), true);
  assert.equal(allow?.action('s3:listbucket', {}), true);
  assert.equal(allow?.action('s3:putobject', {}), false);
  assert.equal(allow?.resource('arn:aws:s3:::data/a/b', {}), true);
  assert.equal(allow?.resource('arn:aws:s3:::DATA/a', {}), false);
  assert.equal(allow?.resource('arn:aws:s3:::data', {}), false);
});

test('NotAction and NotResource hold for all that they do not list', () => {
  const document = { Effect: 'Allow', NotAction: ['s3:Put*', 's3:Delete*'], NotResource: 'arn:aws:s3:::secret/*' };
  const [allow] = parsePolicy({ Statement: document }, 'identity').allows;
  assert.equal(allow?.action('s3:getobject', {}), true);
  assert.equal(allow?.action('s3:deleteobject', {}), false);
  assert.equal(allow?.resource('arn:aws:s3:::data/a', {}), true);
  assert.equal(allow?.resource('arn:aws:s3:::secret/a', {}), false);
});

test('what is not evaluated is refused by name and place', () => {
  refused(statement({ Principal: { Federated: 'x' } }), 'resource', 'Federated');
  refused(statement({ Principal: { CanonicalUser: 'x' } }), 'resource', 'CanonicalUser');
  refused(
    statement({ Principal: { AWS: 'arn:aws:sts::111111111111:federated-user/x' } }),
    'resource',
    'federated-user',
  );
  refused(statement({ Condition: { Like: { 'aws:SourceIp': '10.0.0.0/8' } } }), 'identity', 'Like', 'aws:SourceIp');
  refused(statement({ Comment: 'x' }), 'identity', 'Comment', 'Statement[0]');
  refused({ ...statement({}), Comment: 'x' }, 'identity', 'Comment');
});

test('a variable is plain text before Version 2012-10-17', () => {
  const [allow] = parsePolicy({ Statement: { ...ALLOW, Resource: `arn:aws:s3:::${VARIABLE}` } }, 'identity').allows;
  assert.equal(allow?.resource(`arn:aws:s3:::${VARIABLE}`, {}), true);
});

test('a document that is not in the grammar is refused', () => {
  for (const document of [null, 'text', [], {}, { Statement: [] }, { Statement: 'x' }]) {
    assert.throws(() => parsePolicy(document, 'identity'), PolicyError);
  }
  refused({ ...statement({}), Version: '2012-10-18' }, 'identity', 'Version', '2012-10-18');
  refused(statement({ Effect: 'allow' }), 'identity', 'Effect', '`allow`');
  refused(statement({ Action: undefined }), 'identity', 'Action');
  refused(statement({ NotAction: 's3:*' }), 'identity', 'Action or NotAction');
  refused(statement({ Action: 'GetObject' }), 'identity', 'GetObject');
  refused(statement({ Action: [] }), 'identity', 'Action');
  refused(statement({ Resource: 'data/*' }), 'identity', 'data/*');
  refused(statement({ Resource: undefined }), 'identity', 'Resource');
  refused(statement({ Condition: { StringEquals: { 'aws:username': [] } } }), 'identity', 'aws:username');
});

test('each kind of policy has the elements that IAM gives it', () => {
  const assume = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  assert.equal(parsePolicy({ Statement: assume }, 'trust').allows.length, 1);
  refused({ Statement: { ...assume, Resource: '*' } }, 'trust', 'Resource');
  refused({ Statement: { ...assume, Action: 's3:GetObject' } }, 'trust', 's3:GetObject');
  for (const kind of ['identity', 'session', 'service-control'] as const) {
    refused(statement({ Principal: '*' }), kind, 'Principal');
    refused(statement({ NotPrincipal: '*' }), kind, 'NotPrincipal');
  }
  for (const kind of ['resource', 'key', 'endpoint', 'trust'] as const) refused(statement({}), kind, 'Principal');
});

test('IAM asks for alphanumeric Sids, each once; S3 and KMS do not', () => {
  const named = (...sids: readonly string[]) => ({
    Statement: sids.map((Sid) => ({ ...ALLOW, Sid })),
  });
  refused(named('Two words'), 'identity', 'Two words');
  refused(named('A', 'A'), 'session', '`A`', 'Statement[1]');
  const everyone = { Statement: ['A b', 'A b'].map((Sid) => ({ ...ALLOW, Sid, Principal: '*' })) };
  assert.equal(parsePolicy(everyone, 'resource').allows.length, 2);
  assert.equal(parsePolicy(everyone, 'key').allows.length, 2);
});

test('a resource control policy denies named actions to everyone', () => {
  const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  assert.equal(parsePolicy({ Statement: deny }, 'resource-control').denies.length, 1);
  const managed = { Statement: { ...deny, Effect: 'Allow', Action: '*' } };
  assert.equal(parsePolicy(managed, 'resource-control').allows.length, 1);
  refused({ Statement: { ...deny, Effect: 'Allow' } }, 'resource-control', 'Effect');
  refused({ Statement: { ...deny, Action: '*' } }, 'resource-control', 'Action');
  refused({ Statement: { ...deny, Principal: { AWS: '*' } } }, 'resource-control', 'Principal');
  const { Action: _, ...notAction } = { ...deny, NotAction: 's3:GetObject' };
  refused({ Statement: notAction }, 'resource-control', 'NotAction');
});

test('a principal is everyone, an account, a user, a role, a session or a service, never a pattern', () => {
  const principals = [
    '*',
    '111111111111',
    'arn:aws:iam::111111111111:root',
    'arn:aws:iam::111111111111:user/alice',
    'arn:aws:iam::111111111111:role/team/Reader',
    'arn:aws:sts::111111111111:assumed-role/Reader/one',
  ];
  assert.equal(parsePolicy(statement({ Principal: { AWS: principals } }), 'resource').allows.length, 1);
  for (const name of ['arn:aws:iam::111111111111:role/*', '1234', 'arn:aws:iam::111111111111:group/x', 'alice']) {
    refused(statement({ Principal: { AWS: name } }), 'resource', name);
  }
  refused(statement({ Principal: 'arn:aws:iam::111111111111:root' }), 'resource', 'Principal');
  refused(statement({ Principal: { Service: 'lambda' } }), 'resource', 'lambda');
});

test('an operator without a condition key is refused, known or not', () => {
  for (const operator of ['StringEquals', 'NoSuchOperator']) {
    const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition: { [operator]: {} } };
    const document = { Version: '2012-10-17', Statement: [statement] };
    assert.throws(
      () => parsePolicy(document, 'identity'),
      (error) => error instanceof PolicyError && error.message.includes(operator),
    );
  }
});

const ROLE = 'arn:aws:iam::111111111111:role/Reader';
const ID = 'AROA1234567890ABCDEF';

test('with ids, users and roles are known by their ids, and must exist', () => {
  const ids = new Map([
    [ROLE, ID],
    [ID, ID],
  ]);
  const document = (AWS: string) => statement({ Principal: { AWS } });
  const policy = parsePolicy(document(ROLE), 'resource', (name) => ids.get(name));
  assert.deepEqual(policy.principalIds, { [ROLE]: ID });
  const session = (id: string): Principal => ({
    kind: 'role-session',
    accountId: '111111111111',
    arn: 'arn:aws:sts::111111111111:assumed-role/Reader/one',
    id,
    roleArn: ROLE,
  });
  assert.equal(policy.allows[0]?.naming(session(ID), false), 'role');
  assert.equal(policy.allows[0]?.naming(session('AROAANOTHER123456789'), false), undefined);
  const byId = parsePolicy(document(ID), 'resource', (name) => ids.get(name));
  assert.equal(byId.allows[0]?.naming(session(ID), false), 'role');
  for (const gone of ['arn:aws:iam::111111111111:user/gone', 'AIDA1234567890ABCDEF']) {
    assert.throws(
      () => parsePolicy(document(gone), 'resource', (name) => ids.get(name)),
      (error) => error instanceof PolicyError && error.principal === gone,
    );
  }
});

test('accounts, services and sessions need no id', () => {
  const Principal = {
    AWS: ['111111111111', 'arn:aws:iam::111111111111:root', 'arn:aws:sts::111111111111:assumed-role/Reader/one'],
    Service: 's3.amazonaws.com',
  };
  assert.deepEqual(parsePolicy(statement({ Principal }), 'resource', () => undefined).principalIds, {});
});

test('a canonical user is its account', () => {
  const policy = parsePolicy(statement({ Principal: { CanonicalUser: '79a5' } }), 'resource', () => '111111111111');
  const root: Principal = { kind: 'root', accountId: '111111111111', arn: 'arn:aws:iam::111111111111:root' };
  assert.equal(policy.allows[0]?.naming(root, false), 'account');
});

test('an identity provider is a principal that nobody here is', () => {
  const Principal = { Federated: ['arn:aws:iam::111111111111:oidc-provider/token.example.com', 'accounts.google.com'] };
  const document = { Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity' } };
  assert.equal(parsePolicy(document, 'trust').allows[0]?.naming({ kind: 'anonymous' }, false), undefined);
});
