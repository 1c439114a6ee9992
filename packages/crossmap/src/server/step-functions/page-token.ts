import { ApiError } from './errors.ts';

/** A nextToken that holds where a listing goes on. Callers see an opaque text. */
export function pageToken(next: string): string {
  return Buffer.from(JSON.stringify({ next })).toString('base64url');
}

export function readPageToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  try {
    const { next } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { next: unknown };
    if (typeof next === 'string') return next;
  } catch {
    throw invalidToken();
  }
  throw invalidToken();
}

export function invalidToken(): ApiError {
  return new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
}
