import type { ExecutionHeader } from '../../engine/execution.ts';
import type { ObjectPlace } from '../../engine/map-run-plan.ts';
import type { FoundObject, ListedObject, ObjectRead, Objects, Refusal } from '../../engine/ports.ts';
import { callerOf } from '../../engine/task-request.ts';
import { ItemReaderFailure } from '../item-reader-failure.ts';
import type { RangedFile } from './parquet.ts';
import { MAX_FILE_BYTES, NO_BYTES } from './rows.ts';

/**
 * The objects that an ItemReader may read, as the role of the state machine. Every refusal is an `ItemReaderFailure`
 * with S3's code and message.
 *
 * A bucket must be in the Region of the state machine. An object is read from another account only with
 * ExpectedBucketOwner; a bucket of another account is never listed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export class SourceObjects {
  readonly #parent: ExecutionHeader;
  readonly #objects: Objects;
  readonly #owner: { readonly expectedBucketOwner?: string };
  readonly #admitted = new Set<string>();

  constructor(parent: ExecutionHeader, objects: Objects, expectedBucketOwner: string | undefined) {
    this.#parent = parent;
    this.#objects = objects;
    this.#owner = expectedBucketOwner === undefined ? {} : { expectedBucketOwner };
  }

  /** The bytes of an object. */
  async open(place: ObjectPlace): Promise<AsyncIterable<Uint8Array>> {
    await this.#admit(place.bucket);
    const { size, body } = await this.#get(place);
    checkFileSize(place, size);
    return whole(place, size, body);
  }

  /** An object of which parts are read. That it is replaced meanwhile ends in `ItemReaderFailure`. */
  async openRanged(place: ObjectPlace): Promise<RangedFile> {
    await this.#admit(place.bucket);
    const { size, etag, body } = await this.#get(place);
    await body[Symbol.asyncIterator]().return?.();
    checkFileSize(place, size);
    return {
      size,
      read: async (from, to) => {
        const found = await this.#get({ ...place, range: { from, to }, ifMatch: etag });
        const bytes = await allOf(found.body);
        if (bytes.length === to - from) return bytes;
        throw endsEarly(place, from, to - from, bytes.length);
      },
    };
  }

  /** Every object of a bucket whose key begins with `prefix`, a page at a time. */
  async *list(bucket: string, prefix: string | undefined): AsyncGenerator<readonly ListedObject[]> {
    await this.#admitListing(bucket);
    const listing = { bucket, ...this.#owner, ...(prefix !== undefined && { prefix }) };
    let after: string | undefined;
    do {
      const page = await this.#objects.list(callerOf(this.#parent), {
        ...listing,
        ...(after !== undefined && { after }),
      });
      if (page.kind === 'refused') throw refusedRead(`list s3://${bucket}`, page);
      yield page.items;
      after = page.next;
    } while (after !== undefined);
  }

  async #get(object: ObjectRead): Promise<FoundObject> {
    const found = await this.#objects.get(callerOf(this.#parent), { ...object, ...this.#owner });
    if (found.kind === 'found') return found;
    if (found.code === 'PreconditionFailed') {
      throw new ItemReaderFailure(`${uriOf(object)} was replaced while it was read.`);
    }
    throw refusedRead(`read ${uriOf(object)}`, found);
  }

  async #admit(bucket: string): Promise<void> {
    if (this.#admitted.has(bucket)) return;
    if ((await this.#checkRegion(bucket)) && this.#owner.expectedBucketOwner === undefined) {
      throw new ItemReaderFailure(
        `The bucket ${bucket} belongs to another account: an ItemReader reads it only with ExpectedBucketOwner in its Parameters.`,
      );
    }
    this.#admitted.add(bucket);
  }

  async #admitListing(bucket: string): Promise<void> {
    if (await this.#checkRegion(bucket)) {
      throw new ItemReaderFailure(
        `The bucket ${bucket} belongs to another account: an ItemReader lists only buckets of its own account.`,
      );
    }
  }

  /** Whether the bucket belongs to another account. */
  async #checkRegion(bucket: string): Promise<boolean> {
    const place = await this.#objects.bucket(bucket);
    if (place !== undefined && place.region !== this.#parent.region) {
      throw new ItemReaderFailure(
        `The bucket ${bucket} is in ${place.region}, the state machine in ${this.#parent.region}: an ItemReader cannot read across Regions.`,
      );
    }
    return place !== undefined && place.accountId !== this.#parent.accountId;
  }
}

export function uriOf({ bucket, key }: ObjectPlace): string {
  return `s3://${bucket}/${key}`;
}

function refusedRead(what: string, { code, message }: Refusal): ItemReaderFailure {
  return new ItemReaderFailure(`Could not ${what}. ${code}: ${message}`);
}

function checkFileSize(place: ObjectPlace, size: number): void {
  if (size <= MAX_FILE_BYTES) return;
  throw new ItemReaderFailure(`${uriOf(place)} has ${size} bytes, more than the limit of ${MAX_FILE_BYTES}.`);
}

/** The body, which must have as many bytes as the object: the last lines of a file are missed by no parser. */
async function* whole(place: ObjectPlace, size: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== size) throw endsEarly(place, 0, size, read);
}

function endsEarly(place: ObjectPlace, from: number, expected: number, got: number): ItemReaderFailure {
  return new ItemReaderFailure(`Expected ${expected} bytes from byte ${from} of ${uriOf(place)}, got ${got}.`);
}

async function allOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return parts.length === 1 ? (parts[0] ?? NO_BYTES) : Buffer.concat(parts);
}
