import { KmsError } from '../../accounts/kms/kms-error.ts';
import type { JsonObject } from '../../asl/json.ts';
import type { KmsParameters } from './parameters.ts';

/**
 * A page of a list in KMS's way: at most `Limit` items from where `Marker` says; `NextMarker` says where the next begins.
 * Errors: `InvalidMarkerException`.
 */
export function page<T>(
  input: KmsParameters,
  items: readonly T[],
  { most, otherwise }: { readonly most: number; readonly otherwise: number },
): { readonly items: readonly T[]; readonly rest: JsonObject } {
  const limit = input.optionalInteger('limit', 1, most) ?? otherwise;
  const marker = input.optionalString('marker');
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, 'base64url').toString());
  if (!Number.isSafeInteger(start) || start < 0) throw new KmsError('InvalidMarkerException', 'Invalid marker');
  const end = start + limit;
  const truncated = end < items.length;
  const rest = truncated
    ? { Truncated: true, NextMarker: Buffer.from(String(end)).toString('base64url') }
    : { Truncated: false };
  return { items: items.slice(start, end), rest };
}
