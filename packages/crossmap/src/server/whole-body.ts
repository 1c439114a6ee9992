import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorizer } from '../iam/evaluate.ts';
import { BODY_TIMEOUT_MS, messageSource } from './message-source.ts';
import { type Authentication, authenticate, type CredentialLookup } from './sigv4.ts';

/** What services need whose requests are read whole. */
export interface WholeRequestOptions {
  readonly authorizer: Authorizer;
  readonly lookup: CredentialLookup;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onBug: (error: unknown) => void;
  /**
   * How long a client may stand still in the body of a request.
   * @default BODY_TIMEOUT_MS
   */
  readonly bodyTimeoutMs?: number;
}

export interface WholeBodyOptions {
  /** The most bytes. */
  readonly limit: number;
  /** How long a client may stand still, in ms. */
  readonly timeoutMs?: number | undefined;
  /** What is thrown for a body above the limit, and for one that stands still. */
  readonly tooLarge: () => Error;
  readonly late: () => Error;
}

/** The body of a request of a service whose requests are small. The connection ends after one that was not read whole. */
export async function wholeBody(
  message: IncomingMessage,
  response: ServerResponse,
  { limit, timeoutMs = BODY_TIMEOUT_MS, tooLarge, late }: WholeBodyOptions,
): Promise<Buffer> {
  const refused = (error: Error) => {
    response.setHeader('connection', 'close');
    return error;
  };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of messageSource(message, response, timeoutMs, () => refused(late()))) {
    size += chunk.length;
    if (size > limit) throw refused(tooLarge());
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Who signed a request whose whole body is here. */
export function authenticateWhole(
  message: IncomingMessage,
  body: Buffer,
  { lookup, now }: Pick<WholeRequestOptions, 'lookup' | 'now'>,
): Authentication {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const payloadHash = createHash('sha256').update(body).digest('hex');
  const request = { method: message.method ?? 'POST', url: message.url ?? '/', headers, payloadHash };
  return authenticate(request, lookup, now());
}
