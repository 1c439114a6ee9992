import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAtServer } from '../server-level.ts';
import type { Vector } from '../vector.ts';
import { sharedVectors } from './vectors.ts';

const KNOWN = 198;

test('every vector with an SDK call is answered so', async (t) => {
  const vectors = sharedVectors(t, KNOWN);
  if (vectors === undefined) return;
  const results = [];
  for (const vector of vectors) results.push({ id: vector.id, ...(await runAtServer(vector)) });
  assert.deepEqual(
    results.filter(({ kind }) => kind === 'failed'),
    [],
  );
  assert.ok(results.filter(({ kind }) => kind === 'passed').length >= KNOWN);
});

const ROLE = 'arn:aws:iam::111111111111:role/Reader';
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data-of-b/*' };

const VECTOR: Vector = {
  id: 'own-01',
  category: 'own',
  description: 'A role reads across accounts of one organization',
  confidence: 'documented',
  accounts: { caller: '111111111111', resourceOwner: '222222222222', sameOrganization: true },
  principal: {
    type: 'role-session',
    account: '111111111111',
    arn: 'arn:aws:sts::111111111111:assumed-role/Reader/one',
    roleArn: ROLE,
    sessionName: 'one',
  },
  identityPolicies: [{ Version: '2012-10-17', Statement: [READ] }],
  resource: {
    type: 'bucket',
    bucket: 'data-of-b',
    exists: true,
    account: '222222222222',
    region: 'eu-west-1',
    object: { key: 'in/a', exists: true },
  },
  bucketPolicy: { Version: '2012-10-17', Statement: [{ ...READ, Principal: { AWS: ROLE } }] },
  request: { service: 's3', operation: 'GetObject', bucket: 'data-of-b', key: 'in/a', region: 'eu-west-1' },
  context: {},
  evaluations: [],
  expect: { decision: 'Allow', httpStatus: 200 },
};

async function reason(vector: Partial<Vector>): Promise<string> {
  const verdict = await runAtServer({ ...VECTOR, ...vector });
  return verdict.kind === 'passed' ? 'passed' : verdict.reason;
}

test('a vector passes by status, code, message, headers and result, and fails by each of them', async () => {
  assert.equal(await reason({}), 'passed');
  assert.match(await reason({ expect: { decision: 'Allow', httpStatus: 403 } }), /expected status 403, got 200/);
  const denied = { decision: 'ImplicitDeny', httpStatus: 403 } as const;
  const bucketPolicy = null;
  const saying = (messageContains: string) => ({ bucketPolicy, expect: { ...denied, messageContains } });
  assert.equal(await reason(saying('because no resource-based policy allows the s3:GetObject action')), 'passed');
  assert.match(await reason(saying('no identity-based policy')), /expected a message/);
  assert.match(
    await reason({ bucketPolicy, expect: { ...denied, errorCode: 'NoSuchKey' } }),
    /expected code NoSuchKey/,
  );
  const responseHeaders = { 'content-length': '7' };
  assert.equal(await reason({ expect: { ...VECTOR.expect, responseHeaders } }), 'passed');
  const others = { ...VECTOR.expect, responseHeaders: { 'content-length': '8' } };
  assert.match(await reason({ expect: others }), /expected content-length: 8, got 7/);
  assert.match(await reason({ expect: { ...VECTOR.expect, result: { unheardOf: 1 } } }), /expected unheardOf/);
});

test('control policies bind the levels that a vector has', async () => {
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const nothing = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'states:*', Resource: '*' }] };
  const scp = (root: object, ou: object, account: object) => [
    { level: 'root', policies: [root] },
    { level: 'ou', policies: [ou] },
    { level: 'account', policies: [account] },
  ];
  const expect = {
    decision: 'ImplicitDeny',
    httpStatus: 403,
    messageContains: 'no service control policy allows',
  } as const;
  assert.equal(await reason({ scp: scp(everything, everything, everything) }), 'passed');
  assert.equal(await reason({ scp: scp(nothing, everything, everything), expect }), 'passed');
  assert.equal(await reason({ scp: scp(everything, nothing, everything), expect }), 'passed');
  assert.equal(await reason({ scp: scp(everything, everything, nothing), expect }), 'passed');
});
