import type { Objects, Refusal, RoleCaller } from '../../src/engine/ports.ts';

export interface FakeBucket {
  readonly accountId: string;
  readonly region: string;
}

interface Put {
  readonly caller: RoleCaller;
  readonly key: string;
  readonly contentType: string;
  readonly multipart: boolean;
  readonly text: string;
}

/** Buckets in memory. `refuse` is asked before every get and put and may answer in the place of S3. */
export class FakeObjects implements Objects {
  readonly buckets = new Map<string, FakeBucket>();
  readonly contents = new Map<string, string>();
  readonly gets: object[] = [];
  readonly puts: Put[] = [];
  refuse: (action: 'get' | 'put', bucket: string, key: string) => Refusal | undefined = () => undefined;

  async bucket(name: string): Promise<FakeBucket | undefined> {
    return this.buckets.get(name);
  }

  async get(caller: RoleCaller, object: { readonly bucket: string; readonly key: string }) {
    this.gets.push({ caller, ...object });
    const { bucket, key } = object;
    const refusal = this.refuse('get', bucket, key) ?? this.#noSuchBucket(bucket);
    if (refusal !== undefined) return refusal;
    const text = this.contents.get(`${bucket}/${key}`);
    if (text === undefined) return refused('NoSuchKey', 'The specified key does not exist.');
    return { kind: 'found', size: Buffer.byteLength(text), body: inChunks(Buffer.from(text)) } as const;
  }

  async put(
    caller: RoleCaller,
    object: {
      readonly bucket: string;
      readonly key: string;
      readonly contentType: string;
      readonly multipart: boolean;
    },
    body: AsyncIterable<Uint8Array>,
  ) {
    const { bucket, key, contentType, multipart } = object;
    const refusal = this.refuse('put', bucket, key) ?? this.#noSuchBucket(bucket);
    if (refusal !== undefined) return refusal;
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    const text = Buffer.concat(parts).toString();
    this.contents.set(`${bucket}/${key}`, text);
    this.puts.push({ caller, key, contentType, multipart, text });
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
