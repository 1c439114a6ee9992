import { notImplemented, S3Error } from './errors.ts';
import type { StoredObject, WriteCondition } from './stored-object.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Whether the client has the object already (304). A condition that does not hold is `PreconditionFailed`.
 * If-Match has precedence over If-Unmodified-Since, If-None-Match over If-Modified-Since (RFC 7232, section 6).
 */
export function notModified(headers: Headers, object: Pick<StoredObject, 'etag' | 'lastModified'>): boolean {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw failed('If-Match');
  } else {
    const since = date(headers['if-unmodified-since']);
    if (since !== undefined && object.lastModified > since) throw failed('If-Unmodified-Since');
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag);
  const since = date(headers['if-modified-since']);
  return since !== undefined && object.lastModified <= since;
}

/** Whether a Range counts: only for the object that If-Range names, by its tag or its time (RFC 7233, section 3.2). */
export function rangeApplies(headers: Headers, object: Pick<StoredObject, 'etag' | 'lastModified'>): boolean {
  const condition = headers['if-range'];
  if (condition === undefined) return true;
  const time = Date.parse(condition);
  return Number.isNaN(time) ? unquoted(condition) === object.etag : time === object.lastModified;
}

/**
 * The conditions on the source of a copy, by the rules of reads; one that does not hold is always `PreconditionFailed`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function checkSourceConditions(headers: Headers, source: Pick<StoredObject, 'etag' | 'lastModified'>): void {
  const conditions: Record<string, string> = {};
  for (const name of READ_CONDITIONS) {
    const value = headers[`x-amz-copy-source-${name}`];
    if (value !== undefined) conditions[name] = value;
  }
  if (!notModified(conditions, source)) return;
  throw failed(
    'if-none-match' in conditions ? 'x-amz-copy-source-If-None-Match' : 'x-amz-copy-source-If-Modified-Since',
  );
}

export const READ_CONDITIONS: readonly string[] = [
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
];

/** What a write demands of the object in its place. */
export function writeCondition(headers: Headers): WriteCondition {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw notImplemented('If-None-Match with an entity tag on a write', { Header: 'If-None-Match' });
  }
  if (ifMatch === '*') throw notImplemented('If-Match: * on a write', { Header: 'If-Match' });
  return {
    ...(ifMatch === undefined ? {} : { ifMatch: unquoted(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * The bytes a Range header asks of an object of this size; `undefined` for all of them, as for a header that is no
 * range or several (RFC 7233, section 3.1). Errors: `InvalidRange`.
 */
export function requestedRange(range: string | undefined, size: number): ByteRange | undefined {
  if (range === undefined) return undefined;
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim());
  if (match === null || match[0].length === 'bytes=-'.length) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size);
  if (start < end) return { start, end };
  throw new S3Error('InvalidRange', {
    elements: { RangeRequested: range, ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  });
}

function matches(condition: string, etag: string): boolean {
  return condition.split(',').some((tag) => tag.trim() === '*' || unquoted(tag) === etag);
}

export function unquoted(etag: string): string {
  return etag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** A date that is none does not count. */
function date(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { elements: { Condition: condition } });
}
