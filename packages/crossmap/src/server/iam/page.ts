import { IamError } from '../../accounts/identities/iam-error.ts';
import type { XmlValue } from '../query/xml.ts';

/** One page of a list in the order of its names. The marker is the name of the last item before it. */
export function page<T>(
  { Marker, MaxItems = 100 }: { readonly Marker: string | undefined; readonly MaxItems: number | undefined },
  items: readonly T[],
  nameOf: (item: T) => string,
): { readonly items: readonly T[]; readonly rest: { readonly [name: string]: XmlValue } } {
  const after = Marker === undefined ? undefined : decoded(Marker);
  const left = after === undefined ? items : items.filter((item) => nameOf(item) > after);
  const found = left.slice(0, MaxItems);
  const last = found.at(-1);
  if (left.length <= MaxItems || last === undefined) return { items: found, rest: { IsTruncated: false } };
  return { items: found, rest: { IsTruncated: true, Marker: Buffer.from(nameOf(last)).toString('base64') } };
}

function decoded(marker: string): string {
  const name = Buffer.from(marker, 'base64').toString();
  if (Buffer.from(name).toString('base64') === marker) return name;
  throw new IamError('ValidationError', `Invalid Marker: ${marker}`);
}
