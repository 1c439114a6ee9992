import { Readable } from 'node:stream';
import type { RoleCaller } from '../../engine/ports.ts';
import type { EmbeddedS3 } from '../../s3/embedded-s3.ts';
import { S3Error } from '../../s3/errors.ts';
import { parsePath } from '../../s3/path-style.ts';
import type { RequestBody, S3Request, S3Response } from '../../s3/request.ts';
import { errorDocument } from '../../s3/xml.ts';
import type { Accounts } from '../accounts.ts';
import type { ClientHandler, ClientRequest, ClientResponse } from './client-package.ts';

/** Answers the requests of a client for S3 as a session of the caller's role. What is no refusal of S3 rejects. */
export function inProcessS3(
  s3: EmbeddedS3,
  accounts: Accounts,
  requestId: () => string,
): (caller: RoleCaller) => ClientHandler {
  return (caller) => ({
    async handle(request) {
      const id = requestId().replaceAll('-', '').slice(0, 16).toUpperCase();
      const headers = { 'x-amz-request-id': id, 'x-amz-id-2': id };
      try {
        const { status, headers: own, body } = await s3.handle(s3Request(request, caller, accounts));
        return { response: { statusCode: status, headers: { ...headers, ...own }, body: readable(body) } };
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        return { response: refusal(error, request, id, headers) };
      }
    },
  });
}

function s3Request({ method, path, query = {}, headers, body }: ClientRequest, caller: RoleCaller, accounts: Accounts) {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const request: S3Request = {
    caller: accounts.callerForRole(caller.roleArn, caller.sessionName),
    region: caller.region,
    method,
    ...parsePath(path),
    query: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, value === null ? '' : String(value)]),
    ),
    headers: Object.fromEntries(lowerCase),
    body: requestBody(body),
  };
  return request;
}

function requestBody(body: unknown): RequestBody {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body instanceof Uint8Array ? body : new Uint8Array(0);
  async function* stream() {
    if (bytes.length > 0) yield bytes;
  }
  return { length: bytes.length, stream: stream(), trailers: () => ({}) };
}

function readable(body: S3Response['body']): Readable {
  if (body === undefined) return Readable.from([]);
  if (typeof body === 'string') return Readable.from([Buffer.from(body)]);
  return body.kind === 'bytes' ? Readable.from([body.bytes]) : Readable.from(body.stream, { objectMode: false });
}

/** Answers to HEAD have no body: the status is all a client sees. */
function refusal(
  error: S3Error,
  { method, path }: ClientRequest,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): ClientResponse {
  const document = method === 'HEAD' ? '' : errorDocument(error, { resource: path, requestId });
  return {
    statusCode: error.status,
    headers: { ...headers, ...error.headers, 'content-type': 'application/xml' },
    body: readable(document),
  };
}
