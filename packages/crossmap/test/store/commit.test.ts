import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as loopFree } from 'node:timers/promises';
import { GroupCommitter, type Write } from '../../src/store/commit.ts';
import { RefusedWrite } from '../../src/store/refused-write.ts';

interface Note extends Write {
  readonly text: string;
}

/** Notes kept in memory; `fail` makes the next transactions throw at their end. */
class Notes {
  kept: string[] = [];
  transactions: string[][] = [];
  fail: Error | undefined;
  readonly committer: GroupCommitter<Note> = new GroupCommitter<Note>({
    transaction: (work) => {
      this.#current = [];
      work();
      if (this.fail !== undefined) throw this.fail;
      this.transactions.push(this.#current);
    },
    apply: ({ text }) => {
      if (text === 'refused') throw new RefusedWrite('Expected anything else');
      this.#current.push(text);
      return () => this.kept.push(text);
    },
    join: (first, second) => (second.text === 'alone' ? undefined : { ...second, text: first.text + second.text }),
  });
  #current: string[] = [];

  add(key: string, text = key, size = 1): Promise<void> {
    return this.committer.add({ key, text, size });
  }
}

describe('group commit', () => {
  test('what gathers while the loop is busy is one commit', async () => {
    const notes = new Notes();
    const settled = Promise.all(['a', 'b', 'c'].map((key) => notes.add(key)));
    assert.deepEqual(notes.transactions, []);
    await settled;
    assert.deepEqual(notes.transactions, [['a', 'b', 'c']]);
    assert.equal(notes.committer.commits, 1);
  });

  test('a write is committed the first time the loop is free', async () => {
    const notes = new Notes();
    void notes.add('a');
    await loopFree();
    assert.deepEqual(notes.kept, ['a']);
  });

  test('a write resolves after its commit, never before', async () => {
    const notes = new Notes();
    const keptWhenResolved: number[] = [];
    const first = notes.add('a', 'a', 5_000).then(() => keptWhenResolved.push(notes.kept.length));
    const second = notes.add('b').then(() => keptWhenResolved.push(notes.kept.length));
    await Promise.all([first, second]);
    assert.deepEqual(keptWhenResolved, [1, 2]);
  });

  test('at most 5,000 events are committed at once, in the order they were made', async () => {
    const notes = new Notes();
    const sizes = { a: 3_000, b: 2_000, c: 1, d: 4_999, e: 12_000, f: 1 };
    await Promise.all(Object.entries(sizes).map(([key, size]) => notes.add(key, key, size)));
    assert.deepEqual(notes.transactions, [['a', 'b'], ['c', 'd'], ['e'], ['f']]);
  });

  test('writes of one key that gather together are one', async () => {
    const notes = new Notes();
    await Promise.all([notes.add('a', '1'), notes.add('b', '2'), notes.add('a', '3')]);
    assert.deepEqual(notes.transactions, [['13', '2']]);
  });

  test('writes of one key that cannot be one follow each other in two commits', async () => {
    const notes = new Notes();
    await Promise.all([notes.add('a', '1'), notes.add('a', 'alone'), notes.add('b', '2')]);
    assert.deepEqual(notes.transactions, [['1'], ['alone', '2']]);
  });

  test('a refused write rejects alone', async () => {
    const notes = new Notes();
    const results = await Promise.allSettled([notes.add('a'), notes.add('b', 'refused'), notes.add('c')]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(notes.kept, ['a', 'c']);
  });

  test('a failing commit rejects every write in it and the next commit goes on', async () => {
    const notes = new Notes();
    await notes.add('before');
    notes.fail = new Error('database or disk is full');
    const failing = [notes.add('a'), notes.add('b')];
    for (const write of failing) {
      await assert.rejects(write, (error: Error) => {
        assert.match(error.message, /disk is full/);
        assert.equal(error.cause, notes.fail);
        return true;
      });
    }
    notes.fail = undefined;
    await notes.add('after');
    assert.deepEqual(notes.kept, ['before', 'after']);
    assert.equal(notes.committer.commits, 2);
  });

  test('closing commits what has gathered and refuses what comes later', async () => {
    const notes = new Notes();
    const gathered = [notes.add('a', 'a', 5_000), notes.add('b')];
    notes.committer.close();
    assert.deepEqual(notes.kept, ['a', 'b']);
    await Promise.all(gathered);
    await assert.rejects(notes.add('c'), /closed/);
    await loopFree();
    assert.deepEqual(notes.kept, ['a', 'b']);
  });
});
