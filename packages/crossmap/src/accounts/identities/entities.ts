import type { Database } from '../../sqlite/database.ts';
import { AWS_MANAGED_POLICIES } from '../managed-policies.ts';
import type { AnyEntity, EntityKind, EntityOf, StoredAccessKey } from './entity.ts';
import { IamError } from './iam-error.ts';

/** What an access key belongs to: a user, or an account's root user. */
export interface KeyHolder {
  readonly owner: EntityOf<'user'> | EntityOf<'account'>;
  readonly accessKey: StoredAccessKey;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entity (
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (kind, account, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS declaration (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secret (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) WITHOUT ROWID`;

/**
 * What IAM knows of all accounts, in memory and, with a database, on disk before a change returns. Entities are values:
 * a change puts another one. Names are found in any case.
 */
export class Entities {
  readonly #database: Database | undefined;
  readonly #byName = new Map<string, AnyEntity>();
  readonly #byArn = new Map<string, AnyEntity>();
  readonly #byId = new Map<string, AnyEntity>();
  readonly #byAccessKey = new Map<string, KeyHolder>();
  #revision = 0;

  constructor(database?: Database) {
    for (const policy of AWS_MANAGED_POLICIES) this.#index(policy);
    this.#database = database;
    database?.exec(SCHEMA);
    const rows = database?.prepare<{ readonly document: Uint8Array }>('SELECT document FROM entity').all() ?? [];
    for (const { document } of rows) this.#index(JSON.parse(Buffer.from(document).toString()) as AnyEntity);
  }

  /** The hash of what an accounts file declared under that name when it was last applied. */
  declared(name: string): string | undefined {
    return this.#database?.prepare<{ readonly hash: string }>('SELECT hash FROM declaration WHERE name = ?').get(name)
      ?.hash;
  }

  setDeclared(name: string, hash: string): void {
    this.#database?.prepare('INSERT OR REPLACE INTO declaration (name, hash) VALUES (?, ?)').run(name, hash);
  }

  /** The key under which session tokens are sealed: made once for a database. */
  sealKey(make: () => Uint8Array): Uint8Array {
    const stored = this.#database
      ?.prepare<{ readonly value: Uint8Array }>("SELECT value FROM secret WHERE name = 'seal'")
      .get();
    if (stored !== undefined) return stored.value;
    const key = make();
    this.#database?.prepare("INSERT INTO secret (name, value) VALUES ('seal', ?)").run(key);
    return key;
  }

  /** Another number after every change. */
  get revision(): number {
    return this.#revision;
  }

  find<K extends EntityKind>(kind: K, accountId: string, name: string): EntityOf<K> | undefined {
    return this.#byName.get(keyOf(kind, accountId, name)) as EntityOf<K> | undefined;
  }

  /** Throws `NoSuchEntity`. */
  get<K extends 'user' | 'role' | 'group'>(kind: K, accountId: string, name: string): EntityOf<K> {
    const found = this.find(kind, accountId, name);
    if (found === undefined) throw new IamError('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`);
    return found;
  }

  /** The entity of that kind with an ARN. */
  byArn<K extends EntityKind>(kind: K, arn: string): EntityOf<K> | undefined {
    const found = this.#byArn.get(arn);
    return found?.kind === kind ? (found as EntityOf<K>) : undefined;
  }

  byId(id: string): AnyEntity | undefined {
    return this.#byId.get(id);
  }

  byAccessKey(accessKeyId: string): KeyHolder | undefined {
    return this.#byAccessKey.get(accessKeyId);
  }

  /** Those of one account, by name. */
  list<K extends EntityKind>(kind: K, accountId: string): readonly EntityOf<K>[] {
    const prefix = keyOf(kind, accountId, '');
    const found: EntityOf<K>[] = [];
    for (const [key, entity] of this.#byName) if (key.startsWith(prefix)) found.push(entity as EntityOf<K>);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Puts an entity in place of the one of its kind, account and name. */
  put(...entities: readonly AnyEntity[]): void {
    this.change([], entities);
  }

  remove(entity: AnyEntity): void {
    this.change([entity], []);
  }

  /** Removes, then puts, all or nothing. */
  change(removed: readonly AnyEntity[], put: readonly AnyEntity[]): void {
    this.#database?.transaction(() => {
      for (const { kind, accountId, name } of removed) this.#erase(kind, accountId, name);
      for (const entity of put) this.#write(entity);
    });
    for (const entity of removed) this.#forget(entity);
    for (const entity of put) this.#index(entity);
    this.#revision += 1;
  }

  #write(entity: AnyEntity): void {
    const document = Buffer.from(JSON.stringify(entity));
    this.#database
      ?.prepare('INSERT OR REPLACE INTO entity (kind, account, name, document) VALUES (?, ?, ?, ?)')
      .run(entity.kind, entity.accountId, entity.name.toLowerCase(), document);
  }

  #erase(kind: EntityKind, accountId: string, name: string): void {
    this.#database
      ?.prepare('DELETE FROM entity WHERE kind = ? AND account = ? AND name = ?')
      .run(kind, accountId, name.toLowerCase());
  }

  #index(entity: AnyEntity): void {
    const key = keyOf(entity.kind, entity.accountId, entity.name);
    const before = this.#byName.get(key);
    if (before !== undefined) this.#forget(before);
    this.#byName.set(key, entity);
    this.#byArn.set(entity.arn, entity);
    this.#byId.set(entity.id, entity);
    if (entity.kind !== 'user' && entity.kind !== 'account') return;
    for (const accessKey of entity.accessKeys) {
      this.#byAccessKey.set(accessKey.accessKeyId, { owner: entity, accessKey });
    }
  }

  #forget(entity: AnyEntity): void {
    this.#byName.delete(keyOf(entity.kind, entity.accountId, entity.name));
    this.#byArn.delete(entity.arn);
    this.#byId.delete(entity.id);
    if (entity.kind !== 'user' && entity.kind !== 'account') return;
    for (const { accessKeyId } of entity.accessKeys) this.#byAccessKey.delete(accessKeyId);
  }
}

function keyOf(kind: EntityKind, accountId: string, name: string): string {
  return `${kind} ${accountId} ${name.toLowerCase()}`;
}
