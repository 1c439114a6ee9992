import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type Answer, type Endpoint, REGION } from './endpoint.ts';
import { exception } from './exception.ts';
import type { Json, JsonObject } from './json.ts';

/** S3 as an administrator of an account, each request sent once. */
export class S3 {
  readonly #client: S3Client;

  constructor({ url, credentials }: Endpoint, account: string, region = REGION) {
    this.#client = new S3Client({
      endpoint: url,
      region,
      credentials: credentials(account),
      forcePathStyle: true,
      maxAttempts: 1,
    });
  }

  async createBucket(bucket: string): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  /** Of the type that S3 gives an object stored without one, as those of the recordings were. */
  async putObject(bucket: string, key: string, body: string | Uint8Array): Promise<void> {
    const ContentType = 'binary/octet-stream';
    await this.#client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), ContentType }));
  }

  /** Deletes the bucket with all that is in it. */
  async deleteBucket(bucket: string): Promise<void> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken }));
      for (const { Key } of page.Contents ?? []) {
        await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    await this.#client.send(new DeleteBucketCommand({ Bucket: bucket }));
  }

  /** One call of a case, with AWS's parameter names. Bodies are text both ways. */
  async call(action: string, params: JsonObject): Promise<Answer> {
    try {
      return { kind: 'response', response: await this.#response(action, params) };
    } catch (thrown) {
      if (!(thrown instanceof S3ServiceException)) throw thrown;
      const status = thrown.$metadata.httpStatusCode ?? 0;
      const { message: _message, ...error } = exception(status, thrown.name, { message: thrown.message });
      return { kind: 'error', error };
    }
  }

  async #response(action: string, params: JsonObject): Promise<JsonObject> {
    const input = params as never;
    switch (action) {
      case 'GetObject': {
        const { Body, ...others } = await this.#client.send(new GetObjectCommand(input));
        return { ...responseOf(others), Body: (await Body?.transformToString('utf8')) ?? '' };
      }
      case 'PutObject':
        return responseOf(await this.#client.send(new PutObjectCommand(input)));
      case 'ListObjectsV2':
        return responseOf(await this.#client.send(new ListObjectsV2Command(input)));
      case 'PutBucketVersioning':
        return responseOf(await this.#client.send(new PutBucketVersioningCommand(input)));
      default:
        throw new Error(`The S3 call ${action} is not supported by this runner`);
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

function responseOf({ $metadata, ...members }: { readonly $metadata: { httpStatusCode?: number } }): JsonObject {
  const ResponseMetadata = { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode ?? 0 };
  return { ...(JSON.parse(JSON.stringify(members)) as Record<string, Json>), ResponseMetadata };
}
