import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogGroups } from '../../src/accounts/log-groups.ts';

const HERE = 'arn:aws:logs:us-east-1:111111111111:log-group:';
const record = (message: string) => ({ logStreamName: 's', timestamp: 5, message });

test('a log group is there once, is listed by its name, and is gone when deleted', () => {
  const groups = new LogGroups(() => 7);
  assert.equal(groups.create(`${HERE}b`), true);
  assert.equal(groups.create(`${HERE}b`), false);
  groups.create(`${HERE}a`);
  groups.create(HERE.replace('us-east-1', 'eu-west-1').concat('c'));
  assert.deepEqual(groups.list(HERE), [
    { logGroupArn: `${HERE}a`, logGroupName: 'a', creationTime: 7 },
    { logGroupArn: `${HERE}b`, logGroupName: 'b', creationTime: 7 },
  ]);
  assert.equal(groups.delete(`${HERE}a`), true);
  assert.equal(groups.delete(`${HERE}a`), false);
  assert.equal(groups.has(`${HERE}a`), false);
});

test('a record for a group that is not there is lost', () => {
  const groups = new LogGroups(() => 7);
  groups.put(`${HERE}a`, record('lost'));
  assert.equal(groups.records(`${HERE}a`), undefined);
  groups.create(`${HERE}a`);
  groups.put(`${HERE}a`, record('kept'));
  assert.deepEqual(groups.records(`${HERE}a`), [{ ...record('kept'), id: 1 }]);
});

test('a group keeps its last 10,000 records and no more than 16 Mi characters', () => {
  const groups = new LogGroups(() => 7);
  groups.create(`${HERE}many`);
  for (let i = 0; i < 10_002; i++) groups.put(`${HERE}many`, record(String(i)));
  const many = groups.records(`${HERE}many`) ?? [];
  assert.deepEqual([many.length, many[0]?.message], [10_000, '2']);
  groups.create(`${HERE}large`);
  for (const letter of ['a', 'b', 'c']) groups.put(`${HERE}large`, record(letter.repeat(6 * 1024 * 1024)));
  assert.deepEqual(
    groups.records(`${HERE}large`)?.map(({ message }) => message[0]),
    ['b', 'c'],
  );
});
