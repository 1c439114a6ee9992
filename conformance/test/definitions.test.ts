import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { definitionCases } from '../definitions.ts';
import { openEmbedded } from '../embedded.ts';
import { runCase } from '../run.ts';

const DEFINITIONS = fileURLToPath(new URL('../../../../shared/conformance/definitions', import.meta.url));
const KNOWN = 767;

test('every definition with a verdict gets that verdict', async (t) => {
  if (!existsSync(DEFINITIONS)) {
    t.diagnostic(`LOUD ${KNOWN} definitions not judged: ../shared is not there`);
    return t.skip(`${KNOWN} definitions need ../shared`);
  }
  const cases = definitionCases(DEFINITIONS);
  const stage = await openEmbedded({}, () => {});
  try {
    const kept = { ...stage, close: async () => {} };
    const judged = [];
    for (const each of cases) judged.push({ id: each.id, ...(await runCase(each, async () => kept)) });
    assert.deepEqual(
      judged.filter(({ kind }) => kind === 'failed'),
      [],
    );
    assert.ok(judged.length >= KNOWN, `${judged.length} definitions`);
  } finally {
    await stage.close();
  }
});
