import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AuthorizationRequest, evaluate, type NamedPolicy, type PolicyLevel } from '../../src/iam/evaluate.ts';
import { type PolicyKind, parsePolicy } from '../../src/iam/policy.ts';
import type { Principal } from '../../src/iam/principal.ts';

const WORKFLOW = '111111111111';
const BUCKET = '222222222222';
const OBJECT = 'arn:aws:s3:::data/a.json';

const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' };

function session(accountId: string): Principal {
  const roleArn = `arn:aws:iam::${accountId}:role/Reader`;
  const arn = `arn:aws:sts::${accountId}:assumed-role/Reader/one`;
  return { kind: 'role-session', accountId, arn, id: 'AROAREADER', roleArn };
}

function user(accountId: string): Principal {
  const arn = `arn:aws:iam::${accountId}:user/alice`;
  return { kind: 'iam-user', accountId, arn, id: 'AIDAALICE', userName: 'alice' };
}

function root(accountId: string): Principal {
  return { kind: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` };
}

function identity(...statements: readonly object[]): readonly NamedPolicy[] {
  return [{ name: 'Read of role', policy: parsePolicy({ Statement: statements }, 'identity') }];
}

function bucketPolicy(...statements: readonly object[]): NamedPolicy {
  return { name: 'bucket policy of data', policy: parsePolicy({ Statement: statements }, 'resource') };
}

function trust(principal: unknown): NamedPolicy {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' };
  return { name: 'trust policy of role', policy: parsePolicy({ Statement: statement }, 'trust') };
}

function decide(principal: AuthorizationRequest['principal'], request: Partial<AuthorizationRequest> = {}): string {
  return evaluate({
    principal,
    action: 's3:GetObject',
    resource: OBJECT,
    resourceAccount: BUCKET,
    identityPolicies: [],
    context: {},
    ...request,
  }).decision;
}

test('in one account the identity policy alone suffices', () => {
  assert.equal(decide(session(BUCKET), { identityPolicies: identity(READ) }), 'Allow');
  assert.equal(decide(session(BUCKET)), 'ImplicitDeny');
});

test('in one account a bucket policy that names the role, the session, the user or everyone suffices', () => {
  for (const [principal, named] of [
    [session(BUCKET), `arn:aws:iam::${BUCKET}:role/Reader`],
    [session(BUCKET), `arn:aws:sts::${BUCKET}:assumed-role/Reader/one`],
    [user(BUCKET), `arn:aws:iam::${BUCKET}:user/alice`],
    [user(BUCKET), '*'],
  ] as const) {
    assert.equal(decide(principal, { resourcePolicy: bucketPolicy({ ...READ, Principal: { AWS: named } }) }), 'Allow');
  }
});

test('a bucket policy names another session, role or user in vain', () => {
  for (const named of [
    `arn:aws:sts::${BUCKET}:assumed-role/Reader/two`,
    `arn:aws:iam::${BUCKET}:role/reader`,
    `arn:aws:iam::${WORKFLOW}:role/Reader`,
  ]) {
    const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: named } });
    assert.equal(decide(session(BUCKET), { resourcePolicy }), 'ImplicitDeny', named);
  }
});

test('a bucket policy that names the account delegates to its identity policies', () => {
  for (const named of [BUCKET, `arn:aws:iam::${BUCKET}:root`]) {
    const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: named } });
    assert.equal(decide(session(BUCKET), { resourcePolicy }), 'ImplicitDeny');
    assert.equal(decide(session(BUCKET), { resourcePolicy, identityPolicies: identity(READ) }), 'Allow');
  }
});

test('across accounts both sides must allow, even when the bucket policy names the session', () => {
  for (const named of [WORKFLOW, `arn:aws:iam::${WORKFLOW}:role/Reader`, '*']) {
    const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: named } });
    assert.equal(decide(session(WORKFLOW), { resourcePolicy }), 'ImplicitDeny', named);
    assert.equal(decide(session(WORKFLOW), { resourcePolicy, identityPolicies: identity(READ) }), 'Allow', named);
  }
  assert.equal(decide(session(WORKFLOW), { identityPolicies: identity(READ) }), 'ImplicitDeny');
});

test('an explicit deny of either side wins over every allow', () => {
  const everyone = { ...READ, Principal: '*' };
  const resourcePolicy = bucketPolicy(everyone);
  const denied = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
  assert.equal(decide(session(BUCKET), { resourcePolicy, identityPolicies: identity(READ, denied) }), 'ExplicitDeny');
  const denying = bucketPolicy(everyone, { ...everyone, Effect: 'Deny' });
  assert.equal(decide(session(BUCKET), { resourcePolicy: denying, identityPolicies: identity(READ) }), 'ExplicitDeny');
});

test('a deny with a negated condition fires when the key is missing', () => {
  const Condition = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } };
  const resourcePolicy = bucketPolicy({ ...READ, Effect: 'Deny', Principal: '*', Condition });
  const identityPolicies = identity(READ);
  assert.equal(decide(session(BUCKET), { resourcePolicy, identityPolicies }), 'ExplicitDeny');
  const context = { 'aws:principalorgid': 'o-1' };
  assert.equal(decide(session(BUCKET), { resourcePolicy, identityPolicies, context }), 'Allow');
});

test('all conditions of a statement must be met', () => {
  const Condition = { StringLike: { 's3:prefix': 'in/*' }, Bool: { 'aws:SecureTransport': 'true' } };
  const identityPolicies = identity({ ...READ, Condition });
  const both = { 's3:prefix': 'in/a', 'aws:SecureTransport': 'true' };
  assert.equal(decide(session(BUCKET), { identityPolicies, context: both }), 'Allow');
  assert.equal(decide(session(BUCKET), { identityPolicies, context: { ...both, 's3:prefix': 'out' } }), 'ImplicitDeny');
  assert.equal(decide(session(BUCKET), { identityPolicies, context: { 's3:prefix': 'in/a' } }), 'ImplicitDeny');
});

test('object statements do not cover the bucket itself', () => {
  const identityPolicies = identity({ ...READ, Action: 's3:*' });
  const request = { identityPolicies, action: 's3:ListBucket', resource: 'arn:aws:s3:::data' };
  assert.equal(decide(session(BUCKET), request), 'ImplicitDeny');
});

test('the root user may do anything in its account that is not denied, and nothing in another', () => {
  assert.equal(decide(root(BUCKET)), 'Allow');
  const denying = bucketPolicy({ ...READ, Effect: 'Deny', Principal: '*' });
  assert.equal(decide(root(BUCKET), { resourcePolicy: denying }), 'ExplicitDeny');
  assert.equal(decide(root(WORKFLOW)), 'ImplicitDeny');
  const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: WORKFLOW } });
  assert.equal(decide(root(WORKFLOW), { resourcePolicy }), 'Allow');
});

test('the root user of the owner can repair a bucket policy that denies everyone', () => {
  const resourcePolicy = bucketPolicy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' });
  const request = { resourcePolicy, resource: 'arn:aws:s3:::data' };
  assert.equal(decide(root(BUCKET), { ...request, action: 's3:PutBucketPolicy' }), 'Allow');
  assert.equal(decide(root(BUCKET), { ...request, action: 's3:ListBucket' }), 'ExplicitDeny');
  assert.equal(decide(root(WORKFLOW), { ...request, action: 's3:PutBucketPolicy' }), 'ExplicitDeny');
});

test('anonymous callers are allowed by a policy for everyone only', () => {
  const anonymous = { kind: 'anonymous' } as const;
  assert.equal(decide(anonymous, { resourcePolicy: bucketPolicy({ ...READ, Principal: '*' }) }), 'Allow');
  const named = bucketPolicy({ ...READ, Principal: { AWS: BUCKET } });
  assert.equal(decide(anonymous, { resourcePolicy: named }), 'ImplicitDeny');
  assert.equal(decide(anonymous), 'ImplicitDeny');
});

test('a trust policy must allow: no identity policy makes up for it, not even in one account', () => {
  const assume = {
    action: 'sts:AssumeRole',
    resource: `arn:aws:iam::${BUCKET}:role/Data`,
    identityPolicies: identity({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }),
  };
  const elsewhere = trust({ AWS: `arn:aws:iam::${BUCKET}:role/Other` });
  assert.equal(decide(session(BUCKET), { ...assume, resourcePolicy: elsewhere }), 'ImplicitDeny');

  const role = trust({ AWS: `arn:aws:iam::${BUCKET}:role/Reader` });
  assert.equal(decide(session(BUCKET), { ...assume, identityPolicies: [], resourcePolicy: role }), 'Allow');

  const account = trust({ AWS: BUCKET });
  assert.equal(decide(session(BUCKET), { ...assume, identityPolicies: [], resourcePolicy: account }), 'ImplicitDeny');
  assert.equal(decide(session(BUCKET), { ...assume, resourcePolicy: account }), 'Allow');

  const foreign = trust({ AWS: `arn:aws:iam::${WORKFLOW}:role/Reader` });
  assert.equal(decide(session(WORKFLOW), { ...assume, identityPolicies: [], resourcePolicy: foreign }), 'ImplicitDeny');
  assert.equal(decide(session(WORKFLOW), { ...assume, resourcePolicy: foreign }), 'Allow');
});

test('a service is allowed by its name alone', () => {
  const service = { kind: 'service', service: 'lambda.amazonaws.com' } as const;
  const assume = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${BUCKET}:role/Data` };
  const request = (name: string) => ({ ...assume, resourcePolicy: trust({ Service: name }) });
  assert.equal(decide(service, request('lambda.amazonaws.com')), 'Allow');
  assert.equal(decide(service, request('states.amazonaws.com')), 'ImplicitDeny');
});

test('a decision says which statement denied, or which statements are missing on which side', () => {
  const denying = bucketPolicy({ ...READ, Sid: 'Closed', Effect: 'Deny', Principal: '*' });
  const request: AuthorizationRequest = {
    principal: session(WORKFLOW),
    action: 's3:GetObject',
    resource: OBJECT,
    resourceAccount: BUCKET,
    identityPolicies: [],
    context: {},
  };
  assert.deepEqual(evaluate({ ...request, resourcePolicy: denying }), {
    decision: 'ExplicitDeny',
    policyType: 'resource-based policy',
    policyName: 'bucket policy of data',
    statement: 'Closed',
    message: 'Access Denied',
  });
  assert.deepEqual(evaluate(request), {
    decision: 'ImplicitDeny',
    message: 'Access Denied',
    missing: [
      {
        policyType: 'resource-based policy',
        document: 'bucket policy of data',
        accountId: BUCKET,
        statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${WORKFLOW}:role/Reader` },
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::data/*',
        },
      },
      {
        policyType: 'identity-based policy',
        document: `identity policy of role arn:aws:iam::${WORKFLOW}:role/Reader`,
        accountId: WORKFLOW,
        statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' },
      },
    ],
  });
});

test('adding the missing statements allows the request, whoever asks', () => {
  for (const principal of [
    session(BUCKET),
    session(WORKFLOW),
    user(WORKFLOW),
    root(WORKFLOW),
    { kind: 'anonymous' },
  ] as const) {
    for (const kind of ['resource', 'trust'] as const) {
      if (kind === 'trust' && principal.kind === 'anonymous') continue;
      const empty: NamedPolicy = { name: 'the policy', policy: { kind, allows: [], denies: [], principalIds: {} } };
      const request: AuthorizationRequest = {
        principal,
        action: kind === 'trust' ? 'sts:AssumeRole' : 's3:GetObject',
        resource: kind === 'trust' ? `arn:aws:iam::${BUCKET}:role/Data` : OBJECT,
        resourceAccount: BUCKET,
        identityPolicies: [],
        resourcePolicy: empty,
        context: {},
      };
      const decision = evaluate(request);
      assert.ok(decision.decision === 'ImplicitDeny' && decision.missing.length > 0);
      const statements = (type: string) =>
        decision.missing.filter(({ policyType }) => policyType === type).map(({ statement }) => statement);
      const [added] = statements('resource-based policy');
      const identityStatements = statements('identity-based policy');
      const repaired = evaluate({
        ...request,
        identityPolicies: identityStatements.length === 0 ? [] : identity(...identityStatements),
        resourcePolicy: added === undefined ? empty : { name: '', policy: parsePolicy({ Statement: added }, kind) },
      });
      assert.equal(repaired.decision, 'Allow', `${principal.kind} ${kind}`);
    }
  }
});

const NOTHING = { Effect: 'Allow', Action: 'states:*', Resource: '*' };
const NO_READ = { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' };

function named(kind: PolicyKind, ...statements: readonly object[]): NamedPolicy {
  return { name: `the ${kind} policy`, policy: parsePolicy({ Version: '2012-10-17', Statement: statements }, kind) };
}

function levels(kind: PolicyKind, ...statements: readonly object[]): readonly PolicyLevel[] {
  return statements.map((statement, i) => ({
    name: `level ${i}`,
    accountId: '999999999999',
    policies: [named(kind, statement)],
  }));
}

/** The types that an implicit denial misses, or the type that denies, or `Allow`. */
function why(request: Partial<AuthorizationRequest> & Pick<AuthorizationRequest, 'principal'>): string {
  const decision = evaluate({
    action: 's3:GetObject',
    resource: OBJECT,
    resourceAccount: BUCKET,
    identityPolicies: identity(READ),
    context: {},
    ...request,
  });
  if (decision.decision === 'Allow') return 'Allow';
  if (decision.decision === 'ExplicitDeny') return decision.policyType;
  return decision.missing.map(({ policyType }) => policyType).join();
}

const SIDES = [
  ['permissions boundary', (statement: object) => ({ boundary: named('identity', statement) })],
  ['session policy', (statement: object) => ({ sessionPolicies: [named('session', statement)] })],
  [
    'service control policy',
    (statement: object) => ({ serviceControlPolicies: levels('service-control', READ, statement) }),
  ],
] as const;

test('a boundary, a session policy and each level of control policies must allow too, and may deny', () => {
  for (const [type, side] of SIDES) {
    for (const account of [BUCKET, WORKFLOW]) {
      const principal = session(account);
      const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: account } });
      assert.equal(why({ principal, resourcePolicy, ...side(READ) }), 'Allow', type);
      assert.equal(why({ principal, resourcePolicy, ...side(NOTHING) }), type);
      assert.equal(why({ principal, resourcePolicy, ...side(NO_READ) }), type);
    }
  }
});

test('one of several session policies suffices, and none of them adds to the identity policies', () => {
  const principal = session(BUCKET);
  const two = [named('session', NOTHING), named('session', READ)];
  assert.equal(why({ principal, sessionPolicies: two }), 'Allow');
  assert.equal(why({ principal, sessionPolicies: [] }), 'Allow');
  assert.equal(why({ principal, sessionPolicies: two, identityPolicies: [] }), 'identity-based policy');
});

test('in one account, a bucket policy that names user, session or everyone reaches past boundary and session', () => {
  const limits = { boundary: named('identity', NOTHING), sessionPolicies: [named('session', NOTHING)] };
  const cases = [
    [user(BUCKET), `arn:aws:iam::${BUCKET}:user/alice`, 'Allow'],
    [session(BUCKET), `arn:aws:sts::${BUCKET}:assumed-role/Reader/one`, 'Allow'],
    [session(BUCKET), '*', 'Allow'],
    [session(BUCKET), `arn:aws:iam::${BUCKET}:role/Reader`, 'permissions boundary,session policy'],
    [session(BUCKET), BUCKET, 'identity-based policy,permissions boundary,session policy'],
  ] as const;
  for (const [principal, name, expected] of cases) {
    const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: name } });
    assert.equal(why({ principal, resourcePolicy, ...limits, identityPolicies: [] }), expected, name);
  }
});

test('across accounts a boundary limits whomever the bucket policy names', () => {
  const boundary = named('identity', NOTHING);
  for (const [principal, name] of [
    [user(WORKFLOW), `arn:aws:iam::${WORKFLOW}:user/alice`],
    [session(WORKFLOW), `arn:aws:sts::${WORKFLOW}:assumed-role/Reader/one`],
  ] as const) {
    const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS: name } });
    assert.equal(why({ principal, resourcePolicy, boundary }), 'permissions boundary');
  }
});

test('a deny of boundary or session policy holds against a bucket policy that names the session', () => {
  const principal = session(BUCKET);
  const AWS = `arn:aws:sts::${BUCKET}:assumed-role/Reader/one`;
  const resourcePolicy = bucketPolicy({ ...READ, Principal: { AWS } });
  assert.equal(why({ principal, resourcePolicy, boundary: named('identity', NO_READ) }), 'permissions boundary');
  assert.equal(why({ principal, resourcePolicy, sessionPolicies: [named('session', NO_READ)] }), 'session policy');
});

test('resource control policies deny, and where they do not, all is allowed on their levels', () => {
  const principal = session(BUCKET);
  const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  const elsewhere = { ...deny, Resource: 'arn:aws:s3:::other/*' };
  const within = (statement: object) => ({ resourceControlPolicies: levels('resource-control', elsewhere, statement) });
  assert.equal(why({ principal, ...within(deny) }), 'resource control policy');
  assert.equal(why({ principal, ...within(elsewhere) }), 'Allow');
});

test('control policies bind the root user too', () => {
  const principal = root(BUCKET);
  const serviceControlPolicies = levels('service-control', NOTHING);
  assert.equal(why({ principal, serviceControlPolicies }), 'service control policy');
  assert.equal(why({ principal, boundary: named('identity', NOTHING) }), 'Allow');
});

test('a request through a VPC endpoint needs its policy', () => {
  const endpoint = (statement: object) => ({ endpointPolicy: named('endpoint', { Principal: '*', ...statement }) });
  for (const principal of [session(BUCKET), root(BUCKET)]) {
    assert.equal(why({ principal, ...endpoint(READ) }), 'Allow');
    assert.equal(why({ principal, ...endpoint(NOTHING) }), 'VPC endpoint policy');
    assert.equal(why({ principal, ...endpoint(NO_READ) }), 'VPC endpoint policy');
  }
});

test('what lets the owner repair a bucket policy stops at control and endpoint policies', () => {
  const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
  const repair = {
    principal: root(BUCKET),
    action: 's3:DeleteBucketPolicy',
    resource: 'arn:aws:s3:::data',
    resourcePolicy: bucketPolicy({ ...deny, Principal: '*' }),
  };
  assert.equal(why(repair), 'Allow');
  const serviceControlPolicies = levels('service-control', deny);
  assert.equal(why({ ...repair, serviceControlPolicies }), 'service control policy');
  assert.equal(
    why({ ...repair, endpointPolicy: named('endpoint', { ...NOTHING, Principal: '*' }) }),
    'VPC endpoint policy',
  );
});

test('a key policy must say yes: to the principal, or to the account whose identity policies then decide', () => {
  const resource = `arn:aws:kms:eu-west-1:${BUCKET}:key/k`;
  const DECRYPT = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
  const decrypt = (AWS: string, identityPolicies: readonly NamedPolicy[], principal = session(BUCKET)) =>
    why({
      principal,
      action: 'kms:Decrypt',
      resource,
      identityPolicies,
      resourcePolicy: named('key', { ...DECRYPT, Principal: { AWS } }),
    });
  const everything = [named('identity', { ...DECRYPT, Action: '*' })];
  assert.equal(decrypt('333333333333', everything), 'resource-based policy');
  assert.equal(decrypt(BUCKET, []), 'identity-based policy');
  assert.equal(decrypt(BUCKET, everything), 'Allow');
  assert.equal(decrypt(`arn:aws:iam::${BUCKET}:role/Reader`, []), 'Allow');
  assert.equal(decrypt('333333333333', [], root(BUCKET)), 'resource-based policy');
  assert.equal(decrypt(BUCKET, [], root(BUCKET)), 'Allow');
  assert.equal(decrypt(WORKFLOW, [], session(WORKFLOW)), 'identity-based policy');
});

test('a Deny with NotPrincipal spares whom it lists by every name, unless bounded', () => {
  const names = [
    BUCKET,
    `arn:aws:iam::${BUCKET}:role/Reader`,
    `arn:aws:sts::${BUCKET}:assumed-role/Reader/one`,
    `arn:aws:iam::${BUCKET}:user/alice`,
  ];
  const sparing = (AWS: readonly string[]) => bucketPolicy({ ...READ, Effect: 'Deny', NotPrincipal: { AWS } });
  for (const principal of [session(BUCKET), user(BUCKET), root(BUCKET)]) {
    assert.equal(why({ principal, resourcePolicy: sparing(names) }), 'Allow', principal.kind);
  }
  const spared = { principal: session(BUCKET), resourcePolicy: sparing(names) };
  assert.equal(why({ ...spared, boundary: named('identity', READ) }), 'resource-based policy');
  for (const missing of names.slice(0, 3)) {
    const resourcePolicy = sparing(names.filter((name) => name !== missing));
    assert.equal(why({ principal: session(BUCKET), resourcePolicy }), 'resource-based policy', missing);
  }
  const withoutUser = sparing(names.slice(0, 3));
  assert.equal(why({ principal: user(BUCKET), resourcePolicy: withoutUser }), 'resource-based policy');
  assert.equal(why({ principal: user(WORKFLOW), resourcePolicy: sparing(names) }), 'resource-based policy');
  assert.equal(why({ principal: { kind: 'anonymous' }, resourcePolicy: sparing(names) }), 'resource-based policy');
});

test('an Allow with NotPrincipal holds for whom it lists by no name', () => {
  const NotPrincipal = { AWS: WORKFLOW, Service: 's3.amazonaws.com' };
  const resourcePolicy = bucketPolicy({ ...READ, NotPrincipal });
  const identityPolicies: readonly NamedPolicy[] = [];
  assert.equal(why({ principal: session(BUCKET), resourcePolicy, identityPolicies }), 'Allow');
  assert.equal(why({ principal: session(WORKFLOW), resourcePolicy }), 'resource-based policy');
  assert.equal(
    why({ principal: { kind: 'service', service: 's3.amazonaws.com' }, resourcePolicy }),
    'resource-based policy',
  );
});

test('a decision to allow names the statements that allow', () => {
  const decision = evaluate({
    principal: session(WORKFLOW),
    action: 's3:GetObject',
    resource: OBJECT,
    resourceAccount: BUCKET,
    identityPolicies: identity(NOTHING, { ...READ, Sid: 'Read' }),
    resourcePolicy: bucketPolicy({ ...READ, Sid: 'Partner', Principal: { AWS: WORKFLOW } }),
    context: {},
  });
  assert.deepEqual(decision, {
    decision: 'Allow',
    allowedBy: [
      { policyType: 'resource-based policy', policyName: 'bucket policy of data', statement: 'Partner' },
      { policyType: 'identity-based policy', policyName: 'Read of role', statement: 'Read' },
    ],
  });
});
