import { ListingError } from '../page.ts';
import type { AnswerReader } from './connections.ts';
import { textOf } from './xml-text.ts';

/** Errors that another attempt may not meet. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const PASSING = ['InternalError', 'RequestTimeout', 'OperationAborted', 'RequestTimeTooSkewed'];
const THROTTLED = [
  'SlowDown',
  'ServiceUnavailable',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
];

/** An answer that is not a page. */
export interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  /** Where the bucket is, when that is what was wrong. */
  readonly region: string | undefined;
}

const LARGEST_ERROR = 64 * 1024;

export function errorReader(): AnswerReader<string> {
  let text = '';
  return {
    push(chunk) {
      if (text.length < LARGEST_ERROR) text += chunk;
    },
    end: () => Buffer.from(text, 'latin1').toString(),
  };
}

export function errorAnswer(status: number, headers: Readonly<Record<string, string>>, body: string): ErrorAnswer {
  const element = (name: string) => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
    return found === undefined ? undefined : textOf(found);
  };
  return {
    code: element('Code') ?? `Http${status}`,
    message: element('Message') ?? `The server answered with status ${status}`,
    region: headers['x-amz-bucket-region'] ?? element('Region'),
  };
}

export function listingError(status: number, { code, message }: ErrorAnswer): ListingError {
  if (status === 503 || status === 429 || THROTTLED.includes(code)) return new ListingError('throttled', code, message);
  return new ListingError(status >= 500 || PASSING.includes(code) ? 'failed' : 'refused', code, message);
}

/** No answer came, or only the beginning of one. A request that takes too long is a sign of overload. */
export function connectionError(error: unknown): ListingError {
  if (error instanceof ListingError) return error;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  const final = ['ENOTFOUND', 'ECONNREFUSED', 'EACCES'].includes(error.code) || /CERT|SSL|TLS/.test(error.code);
  const kind = error.code === 'ETIMEDOUT' ? 'throttled' : final ? 'refused' : 'failed';
  return new ListingError(kind, error.code, error.message, error);
}
