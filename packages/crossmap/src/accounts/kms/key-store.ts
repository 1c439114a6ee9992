import { type Alias, aliasArn, type KmsKey, type KmsScope } from './key.ts';

/** What outlives the process: all keys with their material, grants and aliases. */
export interface KeyState {
  readonly keys: readonly KmsKey[];
  readonly aliases: readonly Alias[];
}

/** Where keys are kept. A save is durable when its promise resolves. */
export interface KeyFile {
  load(): Promise<KeyState>;
  save(state: KeyState): Promise<void>;
}

/** The keys and aliases of all accounts and Regions. A change is visible at once and durable when its promise resolves. */
export class KeyStore {
  readonly #now: () => number;
  readonly #file: KeyFile | undefined;
  readonly #keys: Map<string, KmsKey>;
  readonly #aliases: Map<string, Alias>;
  #saved: Promise<void> = Promise.resolve();

  private constructor(now: () => number, file: KeyFile | undefined, { keys, aliases }: KeyState) {
    this.#now = now;
    this.#file = file;
    this.#keys = new Map(keys.map((key) => [key.arn, key]));
    this.#aliases = new Map(aliases.map((alias) => [alias.aliasArn, alias]));
  }

  /** Without a file, the keys are gone with the process. */
  static async open(now: () => number, file?: KeyFile): Promise<KeyStore> {
    return new KeyStore(now, file, (await file?.load()) ?? { keys: [], aliases: [] });
  }

  /** A key whose waiting period is over is gone, and with it its aliases and everything encrypted under it. */
  key(arn: string): KmsKey | undefined {
    const key = this.#keys.get(arn);
    if (key?.state.kind !== 'PendingDeletion' || this.#now() < key.state.deletionDate) return key;
    this.#keys.delete(arn);
    for (const { aliasArn } of this.aliasesOf(arn)) this.#aliases.delete(aliasArn);
    return undefined;
  }

  /** In the order of their ids. */
  keys(scope: KmsScope): readonly KmsKey[] {
    return [...this.#keys.keys()]
      .flatMap((arn) => this.key(arn) ?? [])
      .filter(({ accountId, region }) => accountId === scope.accountId && region === scope.region)
      .sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  }

  /** Every key of every account. */
  allKeys(): readonly KmsKey[] {
    return [...this.#keys.keys()].flatMap((arn) => this.key(arn) ?? []);
  }

  alias(arn: string): Alias | undefined {
    const alias = this.#aliases.get(arn);
    return alias === undefined || this.key(alias.targetKeyArn) === undefined ? undefined : alias;
  }

  /** In the order of their names. */
  aliases(scope: KmsScope): readonly Alias[] {
    const prefix = aliasArn('alias/', scope);
    return [...this.#aliases.values()]
      .filter(({ aliasArn }) => aliasArn.startsWith(prefix) && this.alias(aliasArn) !== undefined)
      .sort((a, b) => (a.aliasName < b.aliasName ? -1 : 1));
  }

  aliasesOf(keyArn: string): readonly Alias[] {
    return [...this.#aliases.values()].filter(({ targetKeyArn }) => targetKeyArn === keyArn);
  }

  /** Takes the place of the key with that ARN. */
  async putKey(key: KmsKey): Promise<void> {
    this.#keys.set(key.arn, key);
    await this.#save();
  }

  async putAlias(alias: Alias): Promise<void> {
    this.#aliases.set(alias.aliasArn, alias);
    await this.#save();
  }

  async deleteAlias(arn: string): Promise<void> {
    this.#aliases.delete(arn);
    await this.#save();
  }

  /** Resolves when everything that is visible is durable. */
  durable(): Promise<void> {
    return this.#saved;
  }

  #save(): Promise<void> {
    this.#saved = this.#file?.save({ keys: this.allKeys(), aliases: [...this.#aliases.values()] }) ?? Promise.resolve();
    return this.#saved;
  }
}
