import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOutput } from '../../src/asl/failure.ts';

test('Catch gives the error and the cause, null for what is not there, and an empty cause for a time-out', () => {
  assert.deepEqual(errorOutput({ error: 'E', cause: 'c' }), { Error: 'E', Cause: 'c' });
  assert.deepEqual(errorOutput({ error: 'E' }), { Error: 'E', Cause: null });
  assert.deepEqual(errorOutput({}), { Error: null, Cause: null });
  assert.deepEqual(errorOutput({ error: 'States.Timeout' }), { Error: 'States.Timeout', Cause: '' });
});
