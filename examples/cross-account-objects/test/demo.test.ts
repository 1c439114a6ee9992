import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('an option that the demo has not is refused by name, before anything is touched', () => {
  const demo = fileURLToPath(new URL('../demo.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, '--prefx', 'a'], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^error: Unknown option '--prefx'.*\nhint: npm run demo -- \[--prefix PREFIX\]/);
});
