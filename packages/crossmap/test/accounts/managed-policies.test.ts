import assert from 'node:assert/strict';
import { test } from 'node:test';
import { managedPolicyOf } from '../../src/accounts/identities/policies-of.ts';
import { AWS_MANAGED_POLICIES, isAwsManaged } from '../../src/accounts/managed-policies.ts';

function allows(arn: string, action: string): boolean | undefined {
  const policy = AWS_MANAGED_POLICIES.find((each) => each.arn === arn);
  return (
    policy &&
    managedPolicyOf(policy).allows.some(
      (statement) => statement.action(action, {}) && statement.resource('arn:aws:s3:::a', {}),
    )
  );
}

test('the AWS managed policies allow what AWS says they do', () => {
  assert.equal(allows('arn:aws:iam::aws:policy/AdministratorAccess', 's3:listbucket'), true);
  assert.equal(allows('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 's3:getobject'), true);
  assert.equal(allows('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 's3:putobject'), false);
  assert.equal(allows('arn:aws:iam::aws:policy/AmazonS3FullAccess', 's3:putobject'), true);
  const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  assert.equal(allows(basic, 'logs:putlogevents'), true);
  assert.equal(allows(basic, 's3:getobject'), false);
});

test('a managed policy that is not in the table is unknown', () => {
  assert.equal(isAwsManaged('arn:aws:iam::aws:policy/ReadOnlyAccess'), false);
  assert.equal(isAwsManaged('toString'), false);
});
