import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** One request as S3 saw it. `size` is the length of its body. */
export interface SeenRequest {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly headers: Record<string, string>;
  readonly query: Record<string, unknown>;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** S3 in memory, behind the HTTP handler of the real client: the client's own serialization takes part. */
export class FakeS3 {
  readonly objects = new Map<string, { bytes: Buffer; time: number }>();
  /** Bodies that are produced while they are read, by `bucket/key`. */
  readonly streams = new Map<string, () => AsyncIterable<Uint8Array>>();
  readonly requests: SeenRequest[] = [];
  pageSize = 1_000;
  /** Refuses the requests for which it returns something. */
  refuse: (request: SeenRequest) => Refusal | undefined = () => undefined;
  readonly #uploads = new Map<string, Buffer[]>();
  #time = Date.UTC(2026, 0, 1);
  #order: string[] | undefined;

  put(bucket: string, key: string, content: string | Buffer): void {
    this.#time += 1_000;
    this.#order = undefined;
    this.objects.set(`${bucket}/${key}`, { bytes: Buffer.from(content), time: this.#time });
  }

  text(bucket: string, key: string): string | undefined {
    return this.objects.get(`${bucket}/${key}`)?.bytes.toString();
  }

  json(bucket: string, key: string): unknown {
    return JSON.parse(this.text(bucket, key) ?? 'null');
  }

  lines(bucket: string, key: string): unknown[] {
    const text = this.text(bucket, key) ?? '';
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown);
  }

  operations(): string[] {
    return this.requests.map(({ operation }) => operation);
  }

  client(region: string): S3Client {
    return new S3Client({
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
      requestHandler: {
        handle: async (request: HttpRequest) => ({ response: this.#handle(request) }),
      },
    });
  }

  #handle(request: HttpRequest) {
    const [bucket = '', ...segments] = request.path.slice(1).split('/');
    const key = segments.map(decodeURIComponent).join('/');
    const query = request.query ?? {};
    const bytes = Buffer.from((request.body as Uint8Array | string | undefined) ?? '');
    const operation = operationOf(request.method, query, key);
    const seen = { operation, bucket, key, size: bytes.length, headers: request.headers, query };
    this.requests.push(seen);
    const refusal = this.refuse(seen);
    if (refusal !== undefined) return errorAnswer(refusal);
    switch (operation) {
      case 'ListObjectsV2':
        return this.#list(bucket, query);
      case 'GetObject':
        return this.#get(bucket, key);
      case 'PutObject':
        this.put(bucket, key, bytes);
        return answer(200, '', { etag: '"put"' });
      case 'CreateMultipartUpload':
        this.#uploads.set('upload-1', []);
        return answer(
          200,
          '<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>',
        );
      case 'UploadPart':
        this.#uploads.get('upload-1')?.push(bytes);
        return answer(200, '', { etag: `"part-${String(query.partNumber)}"` });
      case 'CompleteMultipartUpload':
        this.put(bucket, key, Buffer.concat(this.#uploads.get('upload-1') ?? []));
        return answer(200, '<CompleteMultipartUploadResult><ETag>"all-2"</ETag></CompleteMultipartUploadResult>');
      default:
        this.#uploads.delete('upload-1');
        return answer(204, '');
    }
  }

  #list(bucket: string, query: Record<string, unknown>) {
    const place = `${bucket}/${String(query.prefix ?? '')}`;
    const start = Number(query['continuation-token'] ?? 0);
    const keys = this.#sorted().filter((name) => name.startsWith(place));
    const page = keys.slice(start, start + this.pageSize).map((name) => name.slice(bucket.length + 1));
    const next = start + page.length;
    const token = next < keys.length ? String(next) : undefined;
    const contents = page.map((key) => {
      const { bytes, time } = this.objects.get(`${bucket}/${key}`) ?? { bytes: Buffer.alloc(0), time: 0 };
      const name = query['encoding-type'] === 'url' ? urlEncode(key) : key;
      return (
        `<Contents><Key>${name}</Key><LastModified>${new Date(time).toISOString()}</LastModified>` +
        `<ETag>&quot;${bytes.length}&quot;</ETag><Size>${bytes.length}</Size></Contents>`
      );
    });
    return answer(
      200,
      `<ListBucketResult><Name>${bucket}</Name><IsTruncated>${token !== undefined}</IsTruncated>` +
        (query['encoding-type'] === 'url' ? '<EncodingType>url</EncodingType>' : '') +
        (token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`) +
        `${contents.join('')}</ListBucketResult>`,
    );
  }

  /** The names of all objects in UTF-8 byte order. */
  #sorted(): string[] {
    this.#order ??= [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return this.#order;
  }

  #get(bucket: string, key: string) {
    const stream = this.streams.get(`${bucket}/${key}`);
    if (stream !== undefined) return { statusCode: 200, headers: {}, body: Readable.from(stream()) };
    const object = this.objects.get(`${bucket}/${key}`);
    if (object === undefined) {
      return errorAnswer({ status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' });
    }
    return answer(200, object.bytes);
  }
}

export const ACCESS_DENIED: Refusal = { status: 403, code: 'AccessDenied', message: 'Access Denied' };

function operationOf(method: string, query: Record<string, unknown>, key: string): string {
  switch (method) {
    case 'GET':
      return key === '' ? 'ListObjectsV2' : 'GetObject';
    case 'PUT':
      return 'partNumber' in query ? 'UploadPart' : 'PutObject';
    case 'POST':
      return 'uploads' in query ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    default:
      return 'AbortMultipartUpload';
  }
}

/** As S3 encodes keys: form encoding, slashes kept. */
function urlEncode(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function answer(statusCode: number, body: string | Buffer, headers: Record<string, string> = {}) {
  return { statusCode, headers, body: Readable.from([Buffer.from(body)]) };
}

function errorAnswer({ status, code, message }: Refusal) {
  return answer(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
