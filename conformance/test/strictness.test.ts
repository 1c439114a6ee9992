import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Case, readCases } from '../case.ts';
import { openEmbedded } from '../embedded.ts';
import { NormalForm } from '../normal-form.ts';
import { perform } from '../performance.ts';
import { judge, masksOf } from '../verdict.ts';
import { type Alteration, eventAlterations, leafAlterations } from './alteration.ts';
import { seeded, shuffled } from './chance.ts';

const CASES = fileURLToPath(new URL('../../../../shared/conformance/cases', import.meta.url));
const WANTED = 30;

test('a case whose expectation is altered in one place fails', async (t) => {
  if (!existsSync(CASES)) {
    t.diagnostic(`LOUD ${WANTED} altered cases not run: ../shared is not there`);
    return t.skip(`${WANTED} altered cases need ../shared`);
  }
  const random = seeded(20250321);
  const altered: string[] = [];
  for (const each of shuffled(readCases(CASES, { tier: 1 }), random)) {
    if (altered.length === WANTED) break;
    const stage = await openEmbedded(each.setup ?? {}, () => {});
    try {
      const performance = await perform(each, stage);
      if (judge(each, performance).kind === 'failed') continue;
      const masks = masksOf(each, new NormalForm(each, performance.references));
      const alteration = pickAlteration(each, masks, random);
      const verdict = judge({ ...each, expected: alteration.expected }, performance);
      assert.equal(verdict.kind, 'failed', `${each.id}: ${alteration.what}, and the case still passes`);
      altered.push(alteration.what);
    } finally {
      await stage.close();
    }
  }
  assert.equal(altered.length, WANTED, 'there are passing cases to alter');
  assert.ok(altered.some((what) => what.endsWith('dropped')) && altered.some((what) => what.endsWith('changed')));
});

/** A leaf for one case in two, else an event. */
function pickAlteration(each: Case, masks: Parameters<typeof leafAlterations>[1], random: () => number): Alteration {
  const [leaves, events] = [leafAlterations(each, masks), eventAlterations(each, masks)];
  const from = events.length > 0 && random() < 0.5 ? events : leaves;
  const picked = from[Math.floor(random() * from.length)];
  assert.ok(picked !== undefined, `${each.id} compares something`);
  return picked;
}
