import type { Authorizer, Caller } from '../iam/evaluate.ts';
import type { PrincipalIds } from '../iam/policy.ts';
import type { Synchronous } from '../sqlite/database.ts';
import { checkAcl, namesAcl } from './acl.ts';
import type { ResponseBody } from './body.ts';
import { type Bucket, isBucketName } from './bucket.ts';
import { BucketPolicies, parseBucketPolicy } from './bucket-policy.ts';
import { type BucketEncryption, type BucketSettings, NEW_BUCKET_SETTINGS } from './bucket-settings.ts';
import { wholeSeconds } from './dates.ts';
import { detectOperation } from './detect.ts';
import { type DataKeys, Encryption, NO_DATA_KEYS } from './encryption.ts';
import { S3Error } from './errors.ts';
import { checkExpectedOwner, checkKey, checkRegion, checkRequesterPays, Gate, resourceArn } from './gate.ts';
import { putInParts } from './in-parts.ts';
import { currentObjects, LARGEST_PAGE, type ListPage, listPage } from './listing.ts';
import type { ObjectStore } from './object-store.ts';
import type { BucketInput, Operation, OperationInput, Services } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { EMPTY_BODY, type RequestBody, type S3Request, type S3Response } from './request.ts';
import { screen } from './screen.ts';
import { UploadStore } from './upload-store.ts';

export interface EmbeddedS3Options {
  readonly store: ObjectStore;
  readonly authorizer: Authorizer;
  /** @default - SSE-KMS is refused by name */
  readonly dataKeys?: DataKeys;
  /** Epoch ms. */
  readonly now: () => number;
  /** A fresh name for a multipart upload. */
  readonly newId: () => string;
  /** S3's 5 MiB unless told otherwise: the one limit that makes small tests large. */
  readonly minimumPartSize?: number;
  /**
   * By which bucket policies know users and roles from the moment they are put.
   * @default - by their ARNs
   */
  readonly principalIds?: PrincipalIds;
  /**
   * What a bucket has when it is made.
   * @default NEW_BUCKET_SETTINGS
   */
  readonly newBucketSettings?: BucketSettings;
}

/** The object an in-process call is about, in the terms of the API. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
  /** The Region the caller works in, as if it had signed for it; a bucket elsewhere is `PermanentRedirect`. */
  readonly region: string;
  readonly expectedBucketOwner?: string;
}

export interface NewObject extends ObjectAddress {
  readonly contentType?: string;
  /** Makes it a multipart object, whatever its size. */
  readonly multipart?: boolean;
}

/** Bytes `from` to before `to`; `ifMatch` is an entity tag with its quotes. */
export interface ObjectReading extends ObjectAddress {
  readonly versionId?: string;
  readonly range?: { readonly from: number; readonly to: number };
  readonly ifMatch?: string;
}

export interface Listing extends Omit<ObjectAddress, 'key'> {
  readonly prefix?: string;
  /** Where to begin, as `next` of the page before says. */
  readonly from?: Buffer;
}

/**
 * S3 for several accounts and Regions in one process. `handle` takes REST requests that are authenticated; the other
 * methods are the same requests without HTTP. All of them pass the same checks and are authorized the same way, except
 * the `provision…` methods, which set the stage. Refusals are thrown as `S3Error`.
 *
 * Not supported, and refused by name: ACLs other than `bucket-owner-full-control`, Object Lock, website redirects, storage
 * classes whose objects have to be restored first, and every operation that `OPERATIONS` does not hold.
 *
 * By design: bytes under SSE-S3 are stored as they are, although `AES256` is answered.
 */
export class EmbeddedS3 {
  readonly #services: Services;
  readonly #gate: Gate;

  constructor(options: EmbeddedS3Options) {
    const { store, authorizer, dataKeys = NO_DATA_KEYS, now, newId, minimumPartSize, principalIds } = options;
    const newBucketSettings = options.newBucketSettings ?? NEW_BUCKET_SETTINGS;
    const uploads = new UploadStore(store, minimumPartSize);
    const encryption = new Encryption(dataKeys);
    this.#services = { store, uploads, encryption, now, newId, principalIds, newBucketSettings };
    this.#gate = new Gate(authorizer, new BucketPolicies(), store, now);
  }

  /** Answers a request, or throws `S3Error`. The order of the checks is S3's. */
  async handle(request: S3Request): Promise<S3Response> {
    const name = detectOperation(request);
    const operation = OPERATIONS[name];
    screen(request, operation);
    if (operation.level === 'service') return operation.run(this.#input(request, undefined));
    const bucket = this.#existing(request.bucket!);
    try {
      const charged = this.#admit(request, operation, bucket);
      const input: BucketInput = { ...this.#input(request, bucket), bucket };
      const response = await (operation.level === 'bucket'
        ? operation.run(input)
        : operation.run({ ...input, key: request.key! }));
      if (!charged) return response;
      return { ...response, headers: { ...response.headers, 'x-amz-request-charged': 'requester' } };
    } catch (error) {
      // HeadBucket tells the Region whatever else it refuses to tell.
      if (name !== 'HeadBucket' || !(error instanceof S3Error)) throw error;
      throw error.withHeader('x-amz-bucket-region', bucket.region);
    }
  }

  /** The bytes of an object. A stream must be read to its end or left by `return`. */
  async getObject(caller: Caller, address: ObjectAddress): Promise<ResponseBody> {
    return (await this.readObject(caller, address)).body;
  }

  /** The bytes of an object or of a range of it, with the size and the entity tag of the whole. */
  async readObject(
    caller: Caller,
    { range, ifMatch, versionId, ...address }: ObjectReading,
  ): Promise<{ readonly size: number; readonly etag: string; readonly body: ResponseBody }> {
    const request = objectRequest('GET', caller, address, {}, EMPTY_BODY);
    const { headers, body } = await this.handle({
      ...request,
      query: versionId === undefined ? {} : { versionId },
      headers: {
        ...request.headers,
        ...(range !== undefined && { range: `bytes=${range.from}-${range.to - 1}` }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
    });
    if (body === undefined || typeof body === 'string') throw new Error('Expected GetObject to answer with a body');
    const size = Number(headers['content-range']?.split('/')[1] ?? headers['content-length']);
    return { size, etag: headers.etag!, body };
  }

  /** A page of ListObjectsV2 with at most 1,000 objects. */
  listObjects(caller: Caller, { bucket: name, region, prefix, expectedBucketOwner, from }: Listing): ListPage {
    const bucket = this.#existing(name);
    const query = { 'list-type': '2', ...(prefix !== undefined && { prefix }) };
    const headers = ownerHeader(expectedBucketOwner);
    const request: S3Request = { caller, region, method: 'GET', bucket: name, query, headers, body: EMPTY_BODY };
    this.#admit(request, OPERATIONS.ListObjectsV2, bucket);
    return listPage(currentObjects(this.#services.store, name), {
      prefix: prefix ?? '',
      delimiter: undefined,
      from: from && { key: from },
      maxKeys: LARGEST_PAGE,
    });
  }

  /** Stores `body` under the key and gives its size and entity tag. Nothing is stored when `body` throws. */
  async putObject(
    caller: Caller,
    object: NewObject,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly size: number; readonly etag: string }> {
    const headers: Record<string, string> =
      object.contentType === undefined ? {} : { 'content-type': object.contentType };
    let size = 0;
    async function* counted() {
      for await (const bytes of body) {
        size += bytes.length;
        yield bytes;
      }
    }
    const content: RequestBody = { length: undefined, stream: counted(), trailers: () => ({}) };
    const request = objectRequest('PUT', caller, object, headers, content);
    if (object.multipart !== true) {
      const response = await this.handle(request);
      return { size, etag: response.headers.etag! };
    }
    const bucket = this.#existing(object.bucket);
    this.#admit(request, OPERATIONS.CreateMultipartUpload, bucket);
    const stored = await putInParts(this.#services, { request, bucket, key: object.key });
    return { size, etag: `"${stored.etag}"` };
  }

  /** CreateBucket in the account of the caller. */
  async createBucket(caller: Caller, bucket: { readonly name: string; readonly region: string }): Promise<void> {
    const { region, name } = bucket;
    const constraint =
      region === 'us-east-1'
        ? ''
        : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
    await this.handle({
      caller,
      region,
      method: 'PUT',
      bucket: name,
      query: {},
      headers: {},
      body: textBody(constraint),
    });
  }

  /** PutBucketPolicy. */
  async putBucketPolicy(
    caller: Caller,
    { bucket, region, policy }: { readonly bucket: string; readonly region: string; readonly policy: string },
  ): Promise<void> {
    await this.handle({
      caller,
      region,
      method: 'PUT',
      bucket,
      query: { policy: '' },
      headers: {},
      body: textBody(policy),
    });
  }

  /** Account and Region of a bucket, without any check: for who runs the accounts, not for callers. */
  bucket(name: string): Bucket | undefined {
    return this.#services.store.bucket(name);
  }

  /** How safe the writes are, and in how many commits they were made: for who measures. */
  durability(): { readonly synchronous: Synchronous; readonly commits: number } {
    const { database, commits } = this.#services.store;
    return { synchronous: database.synchronous(), commits: commits.commits };
  }

  /**
   * Makes a bucket in any account without authorization, as CloudFormation does with rights of its own. Errors:
   * `InvalidBucketName`, `BucketAlreadyExists`. The same bucket again, same account and Region, is no error.
   */
  async provisionBucket(bucket: {
    readonly name: string;
    readonly accountId: string;
    readonly region: string;
  }): Promise<void> {
    const { name, accountId, region } = bucket;
    if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { elements: { BucketName: name } });
    const creationDate = wholeSeconds(this.#services.now());
    const settings = this.#services.newBucketSettings;
    const existing = await this.#services.store.buckets.create({ name, accountId, region, creationDate, settings });
    if (existing === undefined || (existing.accountId === accountId && existing.region === region)) return;
    throw new S3Error('BucketAlreadyExists', { elements: { BucketName: name } });
  }

  /** Sets or, with `undefined`, removes the default encryption of a bucket without authorization. */
  async provisionEncryption(bucket: string, encryption: BucketEncryption | undefined): Promise<void> {
    this.#existing(bucket);
    await this.#services.store.buckets.put(bucket, 'encryption', encryption);
  }

  /** Sets what is given of the settings of a bucket without authorization, and leaves the others as they are. */
  async provisionSettings(bucket: string, settings: Omit<BucketSettings, 'policy' | 'encryption'>): Promise<void> {
    this.#existing(bucket);
    const { buckets } = this.#services.store;
    for (const name of ['publicAccessBlock', 'objectOwnership', 'versioning', 'requestPayer', 'tags'] as const) {
      if (settings[name] !== undefined) await buckets.put(bucket, name, settings[name]);
    }
  }

  /**
   * Sets or, with `undefined`, removes the policy of a bucket without authorization. `ids` are of the users and roles that
   * it may name. Errors: `MalformedPolicy`.
   */
  async provisionPolicy(
    bucket: string,
    policy: string | undefined,
    ids: PrincipalIds | undefined = this.#services.principalIds,
  ): Promise<void> {
    this.#existing(bucket);
    const { store } = this.#services;
    if (policy === undefined) return store.buckets.put(bucket, 'policy', undefined);
    const { principalIds } = parseBucketPolicy(bucket, policy, ids);
    await store.buckets.put(bucket, 'policy', { document: policy, principalIds });
  }

  #existing(name: string): Bucket {
    const bucket = this.#services.store.bucket(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket', { elements: { BucketName: name } });
    return bucket;
  }

  /** Whether the caller pays for the request, which may go on to its operation. */
  #admit(request: S3Request, operation: Operation, bucket: Bucket): boolean {
    if (request.key !== undefined) checkKey(request.key);
    if (operation.everyRegion !== true) checkRegion(request, bucket);
    checkExpectedOwner(request, bucket);
    const resource = resourceArn(bucket.name, request.key);
    const versioned = request.query.versionId !== undefined ? operation.versionAction : undefined;
    const action = versioned ?? operation.action;
    if (action !== undefined) this.#gate.authorize(request, action, resource, { bucket });
    if (operation.level === 'object') {
      if (namesAcl(request)) this.#gate.authorize(request, 's3:PutObjectAcl', resource, { bucket });
      if ('x-amz-tagging' in request.headers) {
        this.#gate.authorize(request, 's3:PutObjectTagging', resource, { bucket });
      }
    }
    const charged = checkRequesterPays(request, bucket);
    if (action !== undefined) checkAcl(request, bucket, action, resource);
    return charged;
  }

  #input(request: S3Request, bucket: Bucket | undefined): OperationInput {
    return {
      ...this.#services,
      request,
      authorize: (action, resource, options = {}) =>
        this.#gate.authorize(options.part ?? request, action, resource, { bucket, ...options }),
      allows: (action, resource) => this.#gate.allows(request, action, resource, { bucket }),
    };
  }
}

function objectRequest(
  method: string,
  caller: Caller,
  { bucket, key, region, expectedBucketOwner }: ObjectAddress,
  headers: Readonly<Record<string, string>>,
  body: RequestBody,
): S3Request {
  const owner = ownerHeader(expectedBucketOwner);
  return { caller, region, method, bucket, key, query: {}, headers: { ...headers, ...owner }, body };
}

function ownerHeader(expectedBucketOwner: string | undefined): Record<string, string> {
  return expectedBucketOwner === undefined ? {} : { 'x-amz-expected-bucket-owner': expectedBucketOwner };
}

function textBody(text: string): RequestBody {
  async function* stream() {
    yield Buffer.from(text);
  }
  return { length: Buffer.byteLength(text), stream: stream(), trailers: () => ({}) };
}
