import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from '../../src/s3/group-commit.ts';
import type { Database } from '../../src/sqlite/database.ts';
import { openDatabase } from '../../src/sqlite/open.ts';

/** Counts the transactions of `database`. */
function counted(database: Database): { database: Database; transactions: () => number } {
  let transactions = 0;
  return {
    transactions: () => transactions,
    database: {
      ...database,
      transaction: (work) => {
        transactions += 1;
        return database.transaction(work);
      },
    },
  };
}

test('writes made together are committed together, and one that throws undoes itself alone', async () => {
  const { database, transactions } = counted(await openDatabase(':memory:'));
  database.exec('CREATE TABLE value (id INTEGER)');
  const insert = database.prepare('INSERT INTO value VALUES (?)');
  const commits = new GroupCommit(database);
  const stop = new Error('stop');
  const outcomes = await Promise.allSettled([
    commits.write(() => insert.run(1).changes),
    commits.write(() => {
      insert.run(2);
      throw stop;
    }),
    commits.write(() => insert.run(3).changes),
  ]);
  assert.deepEqual(outcomes, [
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: stop },
    { status: 'fulfilled', value: 1 },
  ]);
  assert.equal(transactions(), 1);
  const ids = database.prepare<{ id: number }>('SELECT id FROM value ORDER BY id').all();
  assert.deepEqual(
    ids.map(({ id }) => id),
    [1, 3],
  );
  database.close();
});

test('a commit that fails rejects every write of the group', async () => {
  const database = await openDatabase(':memory:');
  const full = new Error('disk full');
  const commits = new GroupCommit({
    ...database,
    transaction: () => {
      throw full;
    },
  });
  const outcomes = await Promise.allSettled([commits.write(() => 1), commits.write(() => 2)]);
  assert.deepEqual(outcomes, [
    { status: 'rejected', reason: full },
    { status: 'rejected', reason: full },
  ]);
  database.close();
});
