import { createHash } from 'node:crypto';
import type { ObjectRead, Objects, Refusal, RoleCaller } from '../../src/engine/ports.ts';

export interface FakeBucket {
  readonly accountId: string;
  readonly region: string;
}

interface Put {
  readonly caller: RoleCaller;
  readonly key: string;
  readonly contentType: string;
  readonly multipart: boolean;
  readonly expectedBucketOwner?: string;
  readonly text: string;
}

/** Buckets in memory. `refuse` is asked before every get and put and may answer in the place of S3. */
export class FakeObjects implements Objects {
  readonly buckets = new Map<string, FakeBucket>();
  /** `bucket/key` → content. */
  readonly contents = new Map<string, string>();
  /** Content that is no text, before `contents`. */
  readonly binary = new Map<string, Uint8Array>();
  /** How many objects a page of a listing has. */
  pageSize = 1000;
  lists: object[] = [];
  readonly gets: object[] = [];
  readonly puts: Put[] = [];
  refuse: (action: 'get' | 'put' | 'list', bucket: string, key: string) => Refusal | undefined = () => undefined;

  async bucket(name: string): Promise<FakeBucket | undefined> {
    return this.buckets.get(name);
  }

  async get(caller: RoleCaller, object: ObjectRead) {
    this.gets.push({ caller, ...object });
    const { bucket, key, range, ifMatch } = object;
    const refusal = this.refuse('get', bucket, key) ?? this.#noSuchBucket(bucket);
    if (refusal !== undefined) return refusal;
    const bytes = this.#bytes(`${bucket}/${key}`);
    if (bytes === undefined) return refused('NoSuchKey', 'The specified key does not exist.');
    const etag = etagOf(bytes);
    if (ifMatch !== undefined && ifMatch !== etag) return refused('PreconditionFailed', 'One did not hold');
    const part = range === undefined ? bytes : bytes.subarray(range.from, range.to);
    return { kind: 'found', size: bytes.length, etag, body: inChunks(part) } as const;
  }

  async list(caller: RoleCaller, listing: Parameters<Objects['list']>[1]) {
    this.lists.push({ caller, ...listing });
    const { bucket, prefix = '', after = '' } = listing;
    const refusal = this.refuse('list', bucket, prefix) ?? this.#noSuchBucket(bucket);
    if (refusal !== undefined) return refusal;
    const keys = [...new Set([...this.contents.keys(), ...this.binary.keys()])]
      .filter((name) => name.startsWith(`${bucket}/${prefix}`))
      .map((name) => name.slice(bucket.length + 1))
      .filter((key) => key > after)
      .sort();
    const items = keys.slice(0, this.pageSize).map((key) => {
      const bytes = this.#bytes(`${bucket}/${key}`) as Uint8Array;
      return {
        key,
        size: bytes.length,
        etag: etagOf(bytes),
        lastModified: 1_668_699_881_000,
        storageClass: 'STANDARD',
      };
    });
    const next = keys.length > items.length ? items.at(-1)?.key : undefined;
    return { kind: 'page', items, ...(next !== undefined && { next }) } as const;
  }

  #bytes(name: string): Uint8Array | undefined {
    const text = this.contents.get(name);
    return this.binary.get(name) ?? (text === undefined ? undefined : Buffer.from(text));
  }

  async put(caller: RoleCaller, object: Parameters<Objects['put']>[1], body: AsyncIterable<Uint8Array>) {
    const { bucket, ...put } = object;
    const refusal = this.refuse('put', bucket, put.key) ?? this.#noSuchBucket(bucket);
    if (refusal !== undefined) return refusal;
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    const text = Buffer.concat(parts).toString();
    this.contents.set(`${bucket}/${put.key}`, text);
    this.puts.push({ caller, ...put, text });
    return { kind: 'stored', size: Buffer.byteLength(text) } as const;
  }

  #noSuchBucket(bucket: string): Refusal | undefined {
    return this.buckets.has(bucket) ? undefined : refused('NoSuchBucket', 'The specified bucket does not exist');
  }
}

export const refused = (code: string, message: string): Refusal => ({ kind: 'refused', code, message });

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1000) yield bytes.subarray(from, from + 1000);
}

const etagOf = (bytes: Uint8Array): string => `"${createHash('md5').update(bytes).digest('hex')}"`;
