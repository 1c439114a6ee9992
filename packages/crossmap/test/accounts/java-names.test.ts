import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javaDouble, javaExceptionName, javaServiceName } from '../../src/accounts/sdk/java-names.ts';

test('services are named as by the AWS SDK for Java', () => {
  const names = {
    S3: 'S3',
    SFN: 'Sfn',
    STS: 'Sts',
    DynamoDB: 'DynamoDb',
    EventBridge: 'EventBridge',
    'Secrets Manager': 'SecretsManager',
    'CloudWatch Logs': 'CloudWatchLogs',
    'S3 Control': 'S3Control',
  };
  for (const [serviceId, name] of Object.entries(names)) assert.equal(javaServiceName(serviceId), name);
});

test('an error is named as its exception', () => {
  assert.equal(javaExceptionName('NoSuchKey'), 'NoSuchKeyException');
  assert.equal(javaExceptionName('ResourceNotFoundException'), 'ResourceNotFoundException');
  assert.equal(javaExceptionName('DBClusterNotFoundFault'), 'DBClusterNotFoundException');
});

test('a date of an answer is as long as Java writes it', () => {
  assert.equal(javaDouble(1688128939.123), '1.688128939123E9');
  assert.equal(javaDouble(1688128939), '1.688128939E9');
  assert.equal(javaDouble(3), '3');
});
