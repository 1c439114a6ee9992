import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Denials } from '../../src/accounts/denials.ts';
import { type AuthorizationRequest, evaluate } from '../../src/iam/evaluate.ts';

const ACCOUNT = '111111111111';

function denied(denials: Denials, session: string, key: string, bucket = 'data'): ReturnType<Denials['record']> {
  const request: AuthorizationRequest = {
    principal: {
      kind: 'role-session',
      accountId: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/${session}`,
      id: 'AROAREADER',
      roleArn: `arn:aws:iam::${ACCOUNT}:role/Reader`,
    },
    action: 's3:GetObject',
    resource: `arn:aws:s3:::${bucket}/${key}`,
    resourceAccount: ACCOUNT,
    identityPolicies: [],
    context: {},
  };
  const decision = evaluate(request);
  assert.ok(decision.decision !== 'Allow');
  return denials.record(request, decision);
}

test('denials with one cause are one, with the latest time and their count', () => {
  const clock = { time: 5 };
  const denials = new Denials(() => clock.time);
  const first = denied(denials, 'one', 'a');
  assert.equal(first?.count, 1);
  clock.time = 9;
  assert.equal(denied(denials, 'one', 'a'), undefined);
  assert.equal(denied(denials, 'two', 'b'), undefined);
  const [only, ...others] = denials.list();
  assert.deepEqual(others, []);
  assert.deepEqual(only, { ...first, time: 9, count: 3 });
  assert.equal(only?.resource, 'arn:aws:s3:::data/a');
  assert.equal(only?.principalArn, `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/one`);
  assert.ok(only?.explanation.includes(`in account ${ACCOUNT}`));
  assert.equal(only?.missing.length, 1);
});

test('another bucket is another denial; the latest comes first', () => {
  const denials = new Denials(() => 0);
  denied(denials, 'one', 'a', 'data');
  denied(denials, 'one', 'a', 'other');
  denied(denials, 'one', 'b', 'data');
  assert.deepEqual(
    denials.list().map(({ resource, count }) => [resource, count]),
    [
      ['arn:aws:s3:::data/a', 2],
      ['arn:aws:s3:::other/a', 1],
    ],
  );
});

test('only the latest are held: the one that happened longest ago makes room', () => {
  const denials = new Denials(() => 0, 2);
  for (const bucket of ['one', 'two', 'one', 'three']) denied(denials, 's', 'k', bucket);
  assert.deepEqual(
    denials.list().map(({ resource }) => resource),
    ['arn:aws:s3:::three/k', 'arn:aws:s3:::one/k'],
  );
  assert.equal(denied(denials, 's', 'k', 'two')?.count, 1);
});
