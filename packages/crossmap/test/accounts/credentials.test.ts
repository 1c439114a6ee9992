import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newAccessKey, uniqueId } from '../../src/accounts/credentials.ts';

test('keys and ids have the form that AWS gives them', () => {
  assert.match(uniqueId('AROA', randomBytes), /^AROA[A-Z2-7]{16}$/);
  const { accessKeyId, secretAccessKey } = newAccessKey(randomBytes);
  assert.match(accessKeyId, /^AKIA[A-Z2-7]{16}$/);
  assert.match(secretAccessKey, /^[A-Za-z0-9+/]{40}$/);
});
