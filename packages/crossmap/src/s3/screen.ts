import { algorithmOfHeader } from './checksum.ts';
import { notImplemented } from './errors.ts';
import type { Operation } from './operation.ts';
import type { S3Request } from './request.ts';

/** Headers of the protocol, which any request may carry. */
const COMMON_HEADERS = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

/** Headers that are understood for the one value that changes nothing here. */
const ONLY_VALUES: Readonly<Record<string, string>> = {
  'x-amz-request-payer': 'requester',
};

const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];

/** Refuses by name what the request asks for and the operation would not do. */
export function screen({ headers, query }: S3Request, operation: Operation): void {
  for (const name in headers) {
    if (name.startsWith('x-amz-') && !understands(operation, name))
      throw notImplemented(`Header ${name}`, { Header: name });
    const only = ONLY_VALUES[name];
    if (only !== undefined && headers[name] !== only) {
      throw notImplemented(`${name}: ${headers[name]}`, { Header: name });
    }
  }
  for (const name of CONDITIONS) {
    if (name in headers && !operation.conditions?.includes(name))
      throw notImplemented(`Header ${name}`, { Header: name });
  }
  for (const name in query) {
    // SDKs name the operation in `x-id`, for logs.
    if (name !== 'x-id' && !operation.query?.includes(name)) throw notImplemented(`Query parameter ${name}`);
  }
}

function understands(operation: Operation, header: string): boolean {
  if (COMMON_HEADERS.has(header) || operation.headers?.includes(header)) return true;
  if (header.startsWith('x-amz-grant-')) return operation.headers?.includes('x-amz-acl') === true;
  if (header.startsWith('x-amz-meta-')) return operation.describesObject === true;
  return algorithmOfHeader(header) !== undefined;
}
