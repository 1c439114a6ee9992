import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAtEvaluator } from '../evaluator-level.ts';
import type { Vector } from '../vector.ts';
import { sharedVectors } from './vectors.ts';

const KNOWN = 195;

test('every vector that policies decide is decided so', (t) => {
  const vectors = sharedVectors(t, KNOWN);
  if (vectors === undefined) return;
  const results = vectors.map((vector) => ({ id: vector.id, ...runAtEvaluator(vector) }));
  assert.deepEqual(
    results.filter(({ kind }) => kind === 'failed'),
    [],
  );
  assert.ok(results.filter(({ kind }) => kind === 'passed').length >= KNOWN);
});

const ROLE = 'arn:aws:iam::111111111111:role/Reader';
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' };

const VECTOR: Vector = {
  id: 'own-01',
  category: 'own',
  description: 'A role reads across accounts',
  confidence: 'documented',
  accounts: { caller: '111111111111', resourceOwner: '222222222222', sameOrganization: true },
  principal: {
    type: 'role-session',
    account: '111111111111',
    arn: 'arn:aws:sts::111111111111:assumed-role/Reader/one',
    roleArn: ROLE,
  },
  identityPolicies: [{ Version: '2012-10-17', Statement: [READ] }],
  resource: { type: 'bucket', bucket: 'data', exists: true, account: '222222222222', region: 'eu-west-1' },
  bucketPolicy: { Version: '2012-10-17', Statement: [{ ...READ, Principal: { AWS: ROLE } }] },
  request: { service: 's3', operation: 'GetObject', region: 'eu-west-1' },
  context: {},
  evaluations: [{ action: 's3:GetObject', resource: 'arn:aws:s3:::data/a', policy: 'bucket', decision: 'Allow' }],
  expect: { decision: 'Allow', httpStatus: 200 },
};

test('a vector fails by another decision and by another message, and passes by its own', () => {
  assert.equal(runAtEvaluator(VECTOR).kind, 'passed');
  const denied = { ...VECTOR, bucketPolicy: null };
  assert.equal(runAtEvaluator(denied).kind, 'failed');
  const evaluations = VECTOR.evaluations.map((each) => ({ ...each, decision: 'ImplicitDeny' as const }));
  const expect = { decision: 'ImplicitDeny', httpStatus: 403 } as const;
  assert.equal(runAtEvaluator({ ...denied, evaluations, expect }).kind, 'passed');
  const saying = (messageContains: string) => ({ ...denied, evaluations, expect: { ...expect, messageContains } });
  assert.equal(runAtEvaluator(saying('no resource-based policy')).kind, 'passed');
  assert.equal(runAtEvaluator(saying('no identity-based policy')).kind, 'failed');
  const stranger = { ...VECTOR.accounts, sameOrganization: false };
  assert.equal(runAtEvaluator({ ...saying('no resource-based policy'), accounts: stranger }).kind, 'failed');
  assert.equal(runAtEvaluator({ ...saying('Access Denied'), accounts: stranger }).kind, 'passed');
  assert.equal(runAtEvaluator(saying('Access Denied')).kind, 'failed');
});

test('a policy that AWS would refuse is not there', () => {
  const AWS = 'arn:aws:iam::111111111111:role/*';
  const bucketPolicy = { Version: '2012-10-17', Statement: [{ ...READ, Principal: { AWS } }] };
  const verdict = runAtEvaluator({ ...VECTOR, bucketPolicy });
  assert.ok(verdict.kind === 'failed' && verdict.reason.includes('ImplicitDeny'));
});
