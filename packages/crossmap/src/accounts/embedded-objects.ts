import type { ObjectRead, Objects, Refusal, RoleCaller } from '../engine/ports.ts';
import type { EmbeddedS3 } from '../s3/embedded-s3.ts';
import { S3Error } from '../s3/errors.ts';
import type { Accounts } from './accounts.ts';

/** S3 for the engine: each call is the request of a session of the role, without HTTP. */
export class EmbeddedObjects implements Objects {
  readonly #accounts: Accounts;
  readonly #s3: EmbeddedS3;

  constructor(accounts: Accounts, s3: EmbeddedS3) {
    this.#accounts = accounts;
    this.#s3 = s3;
  }

  get(caller: RoleCaller, object: ObjectRead): ReturnType<Objects['get']> {
    return answer(async () => {
      const { size, etag, body } = await this.#s3.readObject(this.#session(caller), {
        ...object,
        region: caller.region,
      });
      return { kind: 'found', size, etag, body: body.kind === 'stream' ? body.stream : once(body.bytes) };
    });
  }

  list(caller: RoleCaller, { after, ...listing }: Parameters<Objects['list']>[1]): ReturnType<Objects['list']> {
    return answer(async () => {
      const { contents, next } = this.#s3.listObjects(this.#session(caller), {
        ...listing,
        region: caller.region,
        ...(after !== undefined && { from: Buffer.from(after, 'base64') }),
      });
      const items = contents.map(({ key, size, etag, lastModified, storageClass = 'STANDARD' }) => ({
        key,
        size,
        etag: `"${etag}"`,
        lastModified,
        storageClass,
      }));
      return { kind: 'page', items, ...(next !== undefined && { next: next.toString('base64') }) };
    });
  }

  put(
    caller: RoleCaller,
    object: Parameters<Objects['put']>[1],
    body: AsyncIterable<Uint8Array>,
  ): ReturnType<Objects['put']> {
    return answer(async () => {
      const { size } = await this.#s3.putObject(this.#session(caller), { ...object, region: caller.region }, body);
      return { kind: 'stored', size };
    });
  }

  async bucket(name: string): ReturnType<Objects['bucket']> {
    return this.#s3.bucket(name);
  }

  #session({ roleArn, sessionName }: RoleCaller) {
    return this.#accounts.callerForRole(roleArn, sessionName);
  }
}

async function answer<T>(call: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { kind: 'refused', code: error.code, message: error.message };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
