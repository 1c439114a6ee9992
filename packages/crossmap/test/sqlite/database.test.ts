import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { DatabaseError, type Driver } from '../../src/sqlite/database.ts';
import { libsql } from '../../src/sqlite/libsql.ts';
import { nodeSqlite } from '../../src/sqlite/node-sqlite.ts';
import { openDatabase, openWith } from '../../src/sqlite/open.ts';

const directory = mkdtempSync(join(tmpdir(), 'crossmap-sqlite-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const drivers = [nodeSqlite(), await libsql()].filter((driver): driver is Driver => driver !== undefined);

test('some driver is there, and node:sqlite is preferred', async () => {
  const database = await openDatabase(':memory:');
  assert.equal(database.driver, drivers[0]!.name);
  database.close();
});

for (const driver of drivers) {
  describe(`a database opened with ${driver.name}`, () => {
    const file = (name: string) => join(directory, `${driver.name.replace(':', '-')}-${name}`);
    const refusal = (code: string) => (error: unknown) => error instanceof DatabaseError && error.code === code;

    test('gives back text, numbers, null and bytes as they went in', () => {
      const database = openWith(driver, ':memory:');
      database.exec('CREATE TABLE value (id INTEGER PRIMARY KEY, text TEXT, number INTEGER, part REAL, bytes BLOB)');
      const insert = database.prepare('INSERT INTO value VALUES (?, ?, ?, ?, ?)');
      assert.equal(insert.run(1, 'ü😀\n\u0001', 2 ** 52 + 1, 0.5, new Uint8Array([0, 255, 1]).subarray(1)).changes, 1);
      insert.run(2, '', -1, null, new Uint8Array(0));
      insert.run(3, null, null, null, null);
      const rows = database.prepare<Record<string, unknown>>('SELECT * FROM value ORDER BY id').all();
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [
          { id: 1, text: 'ü😀\n\u0001', number: 2 ** 52 + 1, part: 0.5, bytes: new Uint8Array([255, 1]) },
          { id: 2, text: '', number: -1, part: null, bytes: new Uint8Array(0) },
          { id: 3, text: null, number: null, part: null, bytes: null },
        ],
      );
      const get = database.prepare<{ bytes: Uint8Array }>('SELECT bytes FROM value WHERE id = ?');
      assert.deepEqual(Array.from(get.get(1)!.bytes), [255, 1]);
      assert.equal(get.get(4), undefined);
      assert.deepEqual(
        [...database.prepare<{ id: number }>('SELECT id FROM value WHERE id > ? ORDER BY id').iterate(1)].map(
          (r) => r.id,
        ),
        [2, 3],
      );
      database.close();
    });

    test('refuses what it could not give back', () => {
      const database = openWith(driver, ':memory:');
      database.exec('CREATE TABLE value (text TEXT)');
      const insert = database.prepare('INSERT INTO value VALUES (?)');
      assert.throws(() => insert.run('cut\0off'), refusal('InvalidValue'));
      assert.throws(() => insert.run(undefined as never), refusal('InvalidValue'));
      database.close();
    });

    test('orders blobs by their bytes, which for UTF-8 is the order of S3', () => {
      const database = openWith(driver, ':memory:');
      database.exec('CREATE TABLE name (key BLOB PRIMARY KEY) WITHOUT ROWID');
      const insert = database.prepare('INSERT INTO name VALUES (?)');
      const names = ['\uff5e', '😀', 'a\0b', 'a', '', 'a/'];
      for (const name of names) insert.run(Buffer.from(name));
      const sorted = database.prepare<{ key: Uint8Array }>('SELECT key FROM name ORDER BY key').all();
      assert.deepEqual(
        sorted.map(({ key }) => Buffer.from(key).toString()),
        ['', 'a', 'a\0b', 'a/', '\uff5e', '😀'],
      );
      database.close();
    });

    test('keeps a transaction that returns and drops one that throws', () => {
      const database = openWith(driver, ':memory:');
      database.exec('CREATE TABLE value (id INTEGER)');
      const insert = database.prepare('INSERT INTO value VALUES (?)');
      assert.equal(
        database.transaction(() => insert.run(1).changes),
        1,
      );
      const failure = new Error('stop');
      assert.throws(
        () =>
          database.transaction(() => {
            insert.run(2);
            throw failure;
          }),
        failure,
      );
      const ids = database.prepare<{ id: number }>('SELECT id FROM value').all();
      assert.deepEqual(
        ids.map(({ id }) => id),
        [1],
      );
      database.close();
    });

    test('commits files through a write-ahead log that is synced in full, and closing lets the next opener in', () => {
      const path = file('kept.db');
      const first = openWith(driver, path);
      assert.equal(first.synchronous(), 'FULL');
      assert.equal(first.prepare<{ journal_mode: string }>('PRAGMA journal_mode').get()?.journal_mode, 'wal');
      first.exec('CREATE TABLE value (id INTEGER)');
      first.prepare('INSERT INTO value VALUES (?)').run(7);
      first.close();
      const second = openWith(driver, path);
      assert.equal(second.prepare<{ id: number }>('SELECT id FROM value').get()?.id, 7);
      second.close();
    });

    test('is for one opener at a time', () => {
      const path = file('in-use.db');
      const first = openWith(driver, path);
      assert.throws(() => openWith(driver, path), refusal('InUse'));
      first.close();
      openWith(driver, path).close();
    });

    test('names a file that is no database, and a folder that is not there', () => {
      const path = file('text.db');
      writeFileSync(path, 'not a database '.repeat(100));
      assert.throws(() => openWith(driver, path), refusal('NotADatabase'));
      assert.throws(() => openWith(driver, join(directory, 'absent', 'x.db')), refusal('CannotOpen'));
    });
  });
}
