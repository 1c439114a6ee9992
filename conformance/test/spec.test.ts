import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Case, readCases } from '../case.ts';
import { openEmbedded } from '../embedded.ts';
import { NormalForm } from '../normal-form.ts';
import { type Performance, perform } from '../performance.ts';
import { explain } from '../report.ts';
import { judge, masksOf } from '../verdict.ts';
import { leafAlterations } from './alteration.ts';
import { seeded, shuffled } from './chance.ts';

const CASES = readCases(fileURLToPath(new URL('../../spec', import.meta.url)), {});
const ALTERED = 10;

async function performed(each: Case): Promise<Performance> {
  const stage = await openEmbedded(each.setup ?? {}, () => {});
  try {
    return await perform(each, stage);
  } finally {
    await stage.close();
  }
}

describe('cases written from documentation', () => {
  test('each has an id of its own, and says what it rests on and where that stands', () => {
    assert.ok(CASES.length >= 100, `${CASES.length} cases`);
    assert.equal(new Set(CASES.map(({ id }) => id)).size, CASES.length);
    for (const { id, fact = '', source = '' } of CASES) {
      assert.match(source, /^https:\/\/|recorded at AWS/, id);
      assert.ok(fact.length > 20, id);
    }
  });

  test('every one of them holds', async () => {
    const failed: string[] = [];
    for (const each of CASES) {
      const verdict = judge(each, await performed(each));
      if (verdict.kind === 'failed') failed.push(explain({ each, verdict }));
    }
    assert.deepEqual(failed, []);
  });

  test('ten of them, altered in one expected value, do not', async () => {
    const random = seeded(20261124);
    for (const each of shuffled(CASES, random).slice(0, ALTERED)) {
      const performance = await performed(each);
      const alterations = leafAlterations(each, masksOf(each, new NormalForm(each, performance.references)));
      const alteration = alterations[Math.floor(random() * alterations.length)];
      assert.ok(alteration !== undefined, `${each.id} compares something`);
      const { kind } = judge({ ...each, expected: alteration.expected }, performance);
      assert.equal(kind, 'failed', `${each.id}: ${alteration.what}, and the case still passes`);
    }
  });
});
