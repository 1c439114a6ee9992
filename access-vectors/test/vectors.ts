import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readVectors, type Vector } from '../vector.ts';

const VECTORS = fileURLToPath(new URL('../../../../shared/access-vectors/vectors.json', import.meta.url));

/** The vectors beside this repository; where they are not, skips the test and says loudly how many are not run. */
export function sharedVectors(t: TestContext, known: number): readonly Vector[] | undefined {
  if (existsSync(VECTORS)) return readVectors(VECTORS);
  t.diagnostic(`LOUD ${known} access vectors not run: ../shared is not there`);
  t.skip(`${known} access vectors need ../shared`);
  return undefined;
}
