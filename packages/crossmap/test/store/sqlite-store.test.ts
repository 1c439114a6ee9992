import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openDatabase } from '../../src/sqlite/open.ts';
import { openSqliteStore, SqliteStore } from '../../src/store/sqlite-store.ts';
import { type Store, storeContract } from './contract.ts';
import { child, execution, MAP_RUN_ARN, passEvents, RUNNING, succeeded, taskEvents } from './executions.ts';

const folder = await mkdtemp(join(tmpdir(), 'crossmap-store-'));
after(() => rm(folder, { recursive: true }));

let files = 0;
const newPath = () => join(folder, `${++files}.db`);

storeContract('SQLite in memory', {
  open: () => openSqliteStore(':memory:'),
  kept: async (store) => store,
});

const paths = new Map<Store, string>();
async function openAt(path: string): Promise<Store> {
  const store = await openSqliteStore(path);
  paths.set(store, path);
  return store;
}

storeContract('SQLite closed and opened again', {
  open: () => openAt(newPath()),
  kept: async (store) => {
    await store.close();
    return openAt(paths.get(store)!);
  },
});

describe('SQLite store', () => {
  test('a file store is durable: synchronous is FULL as read from the open database', async () => {
    const store = await openSqliteStore(newPath());
    assert.equal(store.synchronous, 'FULL');
    await store.close();
  });

  test('a data file of another version is refused', async () => {
    const path = newPath();
    const database = await openDatabase(path);
    database.exec('PRAGMA user_version = 7');
    database.close();
    for (const name of ['first', 'again']) {
      await assert.rejects(
        openSqliteStore(path),
        { name: 'DatabaseError', message: /version 4, found version 7/ },
        name,
      );
    }
  });

  test('a database that is not ours is refused and left as it is', async () => {
    const path = newPath();
    const database = await openDatabase(path);
    database.exec('CREATE TABLE theirs (a)');
    database.close();
    await assert.rejects(openSqliteStore(path), /database of something else/);
    const again = await openDatabase(path);
    assert.deepEqual(again.prepare('SELECT name FROM sqlite_schema').all().length, 1);
    again.close();
  });

  test('a thousand children recorded together are one commit', async () => {
    const store = await openSqliteStore(':memory:');
    const events = passEvents(1, 2);
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        store.recordExecution(child(index, succeeded(2), MAP_RUN_ARN, 1), events),
      ),
    );
    assert.equal(store.commits, 1);
    await store.close();
  });

  test('a child is written once for each commit it is in, and leaves no open events', async () => {
    const database = await openDatabase(':memory:');
    const store = new SqliteStore(database);
    database.exec(`
      CREATE TABLE written (what TEXT);
      CREATE TRIGGER a AFTER INSERT ON execution BEGIN INSERT INTO written VALUES ('execution'); END;
      CREATE TRIGGER b AFTER UPDATE ON execution BEGIN INSERT INTO written VALUES ('execution'); END;
      CREATE TRIGGER c AFTER INSERT ON open_events BEGIN INSERT INTO written VALUES ('open events'); END;
    `);
    const written = () =>
      database
        .prepare<{ what: string }>('SELECT what FROM written')
        .all()
        .map(({ what }) => what);
    const events = taskEvents(1, 2);
    const start = (index: number) => store.recordExecution(child(index, RUNNING, MAP_RUN_ARN, 1), events.slice(0, 4));
    const end = (index: number) => store.recordExecution(child(index, succeeded(2), MAP_RUN_ARN, 1), events.slice(4));
    await Promise.all([start(0), end(0)]);
    assert.deepEqual(written(), ['execution']);
    await start(1);
    await end(1);
    assert.deepEqual(written(), ['execution', 'execution', 'execution']);
    await store.recordExecution(child(2, RUNNING, MAP_RUN_ARN, 1), events.slice(0, 2));
    await store.recordExecution(child(2, RUNNING, MAP_RUN_ARN, 1), events.slice(2, 4));
    assert.deepEqual(written().slice(3), ['execution', 'open events']);
    await end(2);
    assert.deepEqual(database.prepare('SELECT * FROM open_events').all(), []);
    await store.close();
  });

  test('many spooled children share a row, and no row is longer than 256 KiB of inputs', async () => {
    const database = await openDatabase(':memory:');
    const store = new SqliteStore(database);
    const children = Array.from({ length: 10_000 }, () => ({ input: `"${'x'.repeat(98)}"`, itemCount: 1 }));
    await store.spoolChildren(MAP_RUN_ARN, children);
    const rows = database.prepare<{ size: number }>('SELECT length(inputs) AS size FROM spool').all();
    assert.equal(rows.length, 4);
    assert.ok(rows.every(({ size }) => size <= 262_144));
    await store.close();
  });

  test('children with large outputs come a mebibyte at a time', async () => {
    const store = await openSqliteStore(':memory:');
    const output = 'x'.repeat(200_000);
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => store.recordExecution(child(index, succeeded(output)), [])),
    );
    const sizes: number[] = [];
    for await (const page of store.children(MAP_RUN_ARN, ['SUCCEEDED'])) sizes.push(page.length);
    assert.deepEqual(sizes, [6, 6]);
    await store.close();
  });

  test('a full disk rejects the writes of its commit and loses nothing acknowledged', async () => {
    const path = newPath();
    const database = await openDatabase(path);
    const store = new SqliteStore(database);
    const events = passEvents(1, 2);
    const kept = child(0, succeeded(2), MAP_RUN_ARN, 1);
    await store.recordExecution(kept, events);
    await store.recordExecution(execution('running', RUNNING, 1), events.slice(0, 2));
    const { pages } = database.prepare<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count').get()!;
    database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = child(1, succeeded('x'.repeat(200_000)), `${MAP_RUN_ARN}-new`);
    const results = await Promise.allSettled([
      store.recordExecution(large, []),
      store.recordExecution(execution('running', succeeded(2), 1), events.slice(2)),
    ]);
    for (const result of results) assert.match(String(result.status === 'rejected' && result.reason), /full/);
    database.exec('PRAGMA max_page_count = 1000000');
    await store.recordExecution(execution('running', succeeded(2), 1), events.slice(2));
    assert.equal(await store.execution(large.executionArn), undefined);
    await store.recordExecution(large, []);
    await store.close();

    const reader = await openSqliteStore(path);
    assert.deepEqual(await reader.execution(kept.executionArn), kept);
    assert.deepEqual(await reader.history(kept.executionArn), events);
    assert.deepEqual(await reader.execution(large.executionArn), large);
    assert.deepEqual(await reader.history(execution('running', RUNNING).executionArn), events);
    await reader.close();
  });

  test('the size of the database is told in bytes and grows', async () => {
    const store = await openSqliteStore(':memory:');
    const before = store.databaseBytes();
    await store.recordExecution(execution('large', RUNNING, 'x'.repeat(100_000)), []);
    assert.ok(store.databaseBytes() >= before + 90_000);
    await store.close();
  });
});
