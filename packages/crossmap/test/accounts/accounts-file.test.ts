import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountsFile } from '../../src/accounts/accounts-file/accounts-file.ts';
import { FileProblems } from '../../src/accounts/accounts-file/field.ts';

function problems(file: unknown): readonly string[] {
  try {
    accountsFile.read(file, '');
  } catch (error) {
    if (error instanceof FileProblems) return error.problems;
    throw error;
  }
  return [];
}

test('every problem of an accounts file is told with its place, what was expected and what was found', () => {
  const users = [
    {
      nam: 'x',
      name: 'two words',
      policies: { 'a b': {}, c: 1 },
      accessKeys: [{ accessKeyId: 'short', secretAccessKey: 42 }],
    },
  ];
  assert.deepEqual(problems({ accounts: [{ id: '1', users, 'x y': 1, roles: {} }] }), [
    'accounts[0]["x y"]: expected only id, name, root, policies, groups, users, roles, keys, buckets here, found `"x y"`',
    'accounts[0].id: expected an account id of 12 digits, found `"1"`',
    'accounts[0].users[0].nam: expected only name, path, policies, managedPolicies, accessKeys, groups, permissionsBoundary, tags here, found `"nam"`',
    'accounts[0].users[0].name: expected 1 to 64 characters of `[\\w+=,.@-]`, found `"two words"`',
    'accounts[0].users[0].policies, the name of a member: expected 1 to 128 characters of `[\\w+=,.@-]`, found `"a b"`',
    'accounts[0].users[0].policies.c: expected a policy document, found `1`',
    'accounts[0].users[0].accessKeys[0].accessKeyId: expected an access key id of 16 to 128 letters, digits and `_`, found `"short"`',
    'accounts[0].users[0].accessKeys[0].secretAccessKey: expected a secret access key, found something else',
    'accounts[0].roles: expected a list, found `{}`',
  ]);
  assert.deepEqual(problems([]), ['the file: expected an object, found `[]`']);
});
