import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AuthorizationRequest, evaluate } from '../../src/iam/evaluate.ts';
import { explainDenial } from '../../src/iam/explanation.ts';
import { findingsOf } from '../../src/iam/findings.ts';
import { parsePolicy } from '../../src/iam/policy.ts';

const WORKFLOW = '111111111111';
const BUCKET = '222222222222';

function request(accountId: string, fields: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  const roleArn = `arn:aws:iam::${accountId}:role/Reader`;
  const arn = `arn:aws:sts::${accountId}:assumed-role/Reader/one`;
  return {
    principal: { kind: 'role-session', accountId, arn, id: 'AROAREADER', roleArn },
    action: 's3:ListBucket',
    resource: 'arn:aws:s3:::partner-objects',
    resourceAccount: BUCKET,
    identityPolicies: [],
    context: {},
    ...fields,
  };
}

function message(of: AuthorizationRequest): string {
  const decision = evaluate(of);
  return decision.decision === 'Allow' ? '' : decision.message;
}

function explanation(of: AuthorizationRequest): string {
  const decision = evaluate(of);
  assert.ok(decision.decision !== 'Allow');
  return explainDenial(of, decision);
}

const OWN_SESSION = `User: arn:aws:sts::${BUCKET}:assumed-role/Reader/one is not authorized to perform:`;

test('in one account S3 says who, what, where and which kind of policy', () => {
  assert.equal(
    message(request(BUCKET)),
    `${OWN_SESSION} s3:ListBucket on resource: "arn:aws:s3:::partner-objects" because no identity-based policy allows the s3:ListBucket action`,
  );
  const statement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  const resourcePolicy = { name: 'bucket policy', policy: parsePolicy({ Statement: statement }, 'resource') };
  assert.equal(
    message(request(BUCKET, { resourcePolicy })),
    `${OWN_SESSION} s3:ListBucket on resource: "arn:aws:s3:::partner-objects" with an explicit deny in a resource-based policy`,
  );
  const { Principal: _, ...ofIdentity } = statement;
  const identityPolicies = [{ name: 'No', policy: parsePolicy({ Statement: ofIdentity }, 'identity') }];
  assert.match(message(request(BUCKET, { identityPolicies })), / with an explicit deny in an identity-based policy$/);
});

test('the denial of ListBuckets names no resource', () => {
  const listBuckets = request(BUCKET, { action: 's3:ListAllMyBuckets', resource: '*' });
  assert.equal(
    message(listBuckets),
    `${OWN_SESSION} s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
  );
});

test('S3 tells callers of another account and anonymous ones nothing', () => {
  assert.equal(message(request(WORKFLOW)), 'Access Denied');
  assert.equal(message(request(WORKFLOW, { principal: { kind: 'anonymous' } })), 'Access Denied');
});

test('other services do not quote the resource and speak across accounts', () => {
  const resource = `arn:aws:lambda:us-east-1:${BUCKET}:function:list`;
  const invoke = { action: 'lambda:InvokeFunction', resource };
  assert.equal(
    message(request(BUCKET, invoke)),
    `${OWN_SESSION} lambda:InvokeFunction on resource: ${resource} because no identity-based policy allows the lambda:InvokeFunction action`,
  );
  assert.match(
    message(request(WORKFLOW, invoke)),
    /because no resource-based policy allows the lambda:InvokeFunction action$/,
  );
});

test('the denial of AssumeRole gives no reason', () => {
  const resource = `arn:aws:iam::${BUCKET}:role/Data`;
  assert.equal(
    message(request(BUCKET, { action: 'sts:AssumeRole', resource })),
    `${OWN_SESSION} sts:AssumeRole on resource: ${resource}`,
  );
});

test('the explanation tells what each document said and what to add where', () => {
  const list = {
    Sid: 'ListIn',
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::partner-objects',
    Condition: { StringLike: { 's3:prefix': 'in/*' } },
  };
  const other = { Sid: 'Others', Effect: 'Allow', Principal: { AWS: '333333333333' }, Action: 's3:*', Resource: '*' };
  const denied = request(WORKFLOW, {
    identityPolicies: [{ name: 'ListPolicy of role Reader', policy: parsePolicy({ Statement: list }, 'identity') }],
    resourcePolicy: { name: 'bucket policy of partner-objects', policy: parsePolicy({ Statement: other }, 'resource') },
    context: { 's3:prefix': 'out/' },
  });
  assert.equal(
    explanation(denied),
    `s3:ListBucket denied
  principal  arn:aws:sts::111111111111:assumed-role/Reader/one, a session of arn:aws:iam::111111111111:role/Reader
  action     s3:ListBucket
  resource   arn:aws:s3:::partner-objects (owned by account 222222222222)
Accounts 111111111111 (principal) and 222222222222 (resource) differ: a policy of each must allow it.
Evaluated:
  bucket policy of partner-objects (account 222222222222): does not allow it
    statement Others: its Principal {"AWS":"333333333333"} does not name the principal
  ListPolicy of role Reader (account 111111111111): does not allow it
    statement ListIn: its condition StringLike s3:prefix ["in/*"] is not met: the request has ["out/"]
Add to the bucket policy of partner-objects in account 222222222222:
  {
    "Effect": "Allow",
    "Principal": {
      "AWS": "arn:aws:iam::111111111111:role/Reader"
    },
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::partner-objects"
  }
Add to the identity policy of role arn:aws:iam::111111111111:role/Reader in account 111111111111:
  {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::partner-objects"
  }`,
  );
});

test('the explanation names documents that are not there, and the half that already allows', () => {
  const allow = { Sid: 'List', Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' };
  const denied = request(WORKFLOW, {
    identityPolicies: [{ name: 'ListPolicy of role Reader', policy: parsePolicy({ Statement: allow }, 'identity') }],
  });
  const lines = explanation(denied).split('\n');
  assert.ok(lines.includes('  bucket policy of partner-objects (account 222222222222): not there'));
  assert.ok(lines.includes('  ListPolicy of role Reader (account 111111111111): statement List allows it'));
  assert.deepEqual(
    lines.filter((line) => line.startsWith('Add to')),
    ['Add to the bucket policy of partner-objects in account 222222222222:'],
  );
});

test('the explanation of an explicit deny shows the statement and why it applies', () => {
  const statement = {
    Sid: 'OnlyOrganization',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } },
  };
  const policy = parsePolicy({ Statement: statement }, 'resource');
  const denied = request(BUCKET, { resourcePolicy: { name: 'bucket policy of partner-objects', policy } });
  const text = explanation(denied);
  assert.ok(text.includes(': statement OnlyOrganization denies it\n'));
  assert.ok(text.includes('condition StringNotEquals aws:PrincipalOrgID ["o-1"] is met: the request has no such key'));
  assert.ok(
    text.includes(
      'Remove or narrow statement OnlyOrganization of the bucket policy of partner-objects in account 222222222222:\n  {',
    ),
  );
});

test('an endpoint policy is named to the callers of the bucket account, across accounts never', () => {
  const policy = parsePolicy(
    { Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' } },
    'endpoint',
  );
  const endpointPolicy = { name: 'endpoint policy', policy };
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  const identityPolicies = [{ name: 'All', policy: parsePolicy({ Statement: allow }, 'identity') }];
  const open = parsePolicy({ Statement: { ...allow, Principal: '*' } }, 'resource');
  const fields = { endpointPolicy, identityPolicies, resourcePolicy: { name: 'bucket policy', policy: open } };
  assert.match(message(request(BUCKET, fields)), /because no VPC endpoint policy allows the s3:ListBucket action$/);
  assert.equal(message(request(WORKFLOW, { ...fields, sameOrganization: true })), 'Access Denied');
});

test('the explanation tells a grant from a delegation to the account', () => {
  const statement = { Effect: 'Allow', Principal: { AWS: WORKFLOW }, Action: 's3:*', Resource: '*' };
  const policy = parsePolicy({ Statement: statement }, 'resource');
  const denied = request(WORKFLOW, { resourcePolicy: { name: 'bucket policy of partner-objects', policy } });
  assert.deepEqual(
    findingsOf(denied).map(({ verdict }) => verdict),
    ['delegates', 'absent'],
  );
});
