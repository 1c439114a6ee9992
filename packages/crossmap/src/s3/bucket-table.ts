import type { Database } from '../sqlite/database.ts';
import type { Bucket } from './bucket.ts';
import type { BucketSettings } from './bucket-settings.ts';
import type { GroupCommit } from './group-commit.ts';

interface BucketRow {
  readonly name: string;
  readonly account_id: string;
  readonly region: string;
  readonly creation_date: number;
}

/** Buckets with their settings. Every request reads one, so those that were read are kept until they change. */
export class BucketTable {
  readonly #commits: GroupCommit;
  readonly #sql: ReturnType<typeof statements>;
  readonly #read = new Map<string, Bucket>();

  constructor(database: Database, commits: GroupCommit) {
    this.#commits = commits;
    this.#sql = statements(database);
  }

  bucket(name: string): Bucket | undefined {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const row = this.#sql.bucket.get(name);
    if (row === undefined) return undefined;
    const bucket = this.#withSettings(row);
    this.#read.set(name, bucket);
    return bucket;
  }

  /** The buckets of an account by name. */
  ofAccount(accountId: string): readonly Bucket[] {
    return this.#sql.ofAccount.all(accountId).map((row) => this.#withSettings(row));
  }

  /** Gives the bucket that has the name already, and then makes none. */
  create(bucket: Bucket): Promise<Bucket | undefined> {
    return this.#change(bucket.name, () => {
      const existing = this.bucket(bucket.name);
      if (existing !== undefined) return existing;
      this.#sql.create.run(bucket.name, bucket.accountId, bucket.region, bucket.creationDate);
      for (const [name, value] of Object.entries(bucket.settings)) {
        this.#sql.putSetting.run(bucket.name, name, JSON.stringify(value));
      }
      return undefined;
    });
  }

  /** Sets one setting or, with `undefined`, removes it. */
  async put<Name extends keyof BucketSettings>(
    bucket: string,
    name: Name,
    value: BucketSettings[Name] | undefined,
  ): Promise<void> {
    await this.#change(bucket, () => {
      if (value === undefined) this.#sql.deleteSetting.run(bucket, name);
      else if (this.#sql.bucket.get(bucket) !== undefined) {
        this.#sql.putSetting.run(bucket, name, JSON.stringify(value));
      }
    });
  }

  /** Runs `work` in a write in which the bucket goes, with what `work` removes of it. */
  delete<T>(name: string, work: () => T): Promise<T> {
    return this.#change(name, () => {
      const result = work();
      this.#sql.deleteSettings.run(name);
      this.#sql.delete.run(name);
      return result;
    });
  }

  /** Forgets what was read before the write, and what others read of it if it is then undone. */
  #change<T>(name: string, work: () => T): Promise<T> {
    const forget = () => void this.#read.delete(name);
    return this.#commits
      .write(() => {
        const result = work();
        forget();
        return result;
      })
      .finally(forget);
  }

  #withSettings(row: BucketRow): Bucket {
    const settings = this.#sql.settings.all(row.name).map(({ name, document }) => [name, JSON.parse(document)]);
    return {
      name: row.name,
      accountId: row.account_id,
      region: row.region,
      creationDate: row.creation_date,
      settings: Object.fromEntries(settings) as BucketSettings,
    };
  }
}

function statements(database: Database) {
  return {
    bucket: database.prepare<BucketRow>('SELECT * FROM bucket WHERE name = ?'),
    ofAccount: database.prepare<BucketRow>('SELECT * FROM bucket WHERE account_id = ? ORDER BY name'),
    create: database.prepare('INSERT INTO bucket VALUES (?, ?, ?, ?)'),
    delete: database.prepare('DELETE FROM bucket WHERE name = ?'),
    settings: database.prepare<{ name: string; document: string }>(
      'SELECT name, document FROM bucket_setting WHERE bucket = ?',
    ),
    putSetting: database.prepare('INSERT OR REPLACE INTO bucket_setting VALUES (?, ?, ?)'),
    deleteSetting: database.prepare('DELETE FROM bucket_setting WHERE bucket = ? AND name = ?'),
    deleteSettings: database.prepare('DELETE FROM bucket_setting WHERE bucket = ?'),
  };
}
