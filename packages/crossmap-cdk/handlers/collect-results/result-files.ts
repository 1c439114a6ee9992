import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { failure, nameAndMessage } from '../failure.ts';
import { objectsOfJsonArray } from './json-array.ts';

/** What ResultWriter left of a Map Run. `files` are the keys of its result files: succeeded, failed, pending. */
export interface MapRunFiles {
  readonly mapRunArn: string;
  readonly files: readonly string[];
}

interface Manifest {
  readonly MapRunArn?: string;
  readonly ResultFiles?: Partial<Record<'SUCCEEDED' | 'FAILED' | 'PENDING', readonly { readonly Key: string }[]>>;
}

export class ResultFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async read(manifestKey: string): Promise<MapRunFiles> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await this.#body(manifestKey)) chunks.push(chunk);
    const manifest = JSON.parse(Buffer.concat(chunks).toString()) as Manifest;
    const { SUCCEEDED = [], FAILED = [], PENDING = [] } = manifest.ResultFiles ?? {};
    return {
      mapRunArn: manifest.MapRunArn ?? '',
      files: [...SUCCEEDED, ...FAILED, ...PENDING].map((file) => file.Key),
    };
  }

  /** The newest manifest below `prefix`; a Map Run that failed does not say where its manifest is. */
  async findManifest(prefix: string): Promise<string | undefined> {
    let newest: { key: string; time: number } | undefined;
    let token: string | undefined;
    do {
      const command = {
        Bucket: this.#bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      };
      const page = await this.#client.send(new ListObjectsV2Command(command));
      for (const { Key: key, LastModified } of page.Contents ?? []) {
        const time = LastModified?.getTime() ?? 0;
        if (key?.endsWith('/manifest.json') && (newest === undefined || time >= newest.time)) newest = { key, time };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return newest?.key;
  }

  /** The records of a file that holds a JSON array of objects, streamed. */
  async *records(key: string): AsyncGenerator<object> {
    yield* objectsOfJsonArray(await this.#body(key), `s3://${this.#bucket}/${key}`);
  }

  async #body(key: string): Promise<AsyncIterable<Uint8Array>> {
    const place = `s3://${this.#bucket}/${key}`;
    const { Body } = await this.#client
      .send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }))
      .catch((error: unknown) => {
        const { name, message } = nameAndMessage(error);
        throw failure(name, `cannot read ${place}: ${name}: ${message}`);
      });
    if (!(Body instanceof Readable)) throw failure('FileUnreadable', `${place} came without a body`);
    return Body;
  }
}
