import type { Body, StoredObject } from './case.ts';
import { isList, isObject, type Json } from './json.ts';

/** One object to store before the first call. */
export interface ObjectToStore {
  readonly bucket: string;
  readonly key: string;
  readonly body: string | Uint8Array;
}

/** The objects of a setup, generated ones one by one. */
export function* objectsToStore(stored: StoredObject): Generator<ObjectToStore> {
  const { bucket } = stored;
  if ('key' in stored) {
    yield { bucket, key: stored.key, body: bodyOf(stored.body) };
    return;
  }
  const { count, key, body } = stored.$generate.objects;
  for (let index = 0; index < count; index += 1) yield { bucket, key: numbered(key, index), body: bodyOf(body) };
}

function bodyOf(body: Body): string | Uint8Array {
  if (typeof body === 'string') return body;
  if ('$base64' in body) return Buffer.from(body.$base64, 'base64');
  const generated = body.$generate;
  if ('text' in generated) return String(generate(generated.text, 0));
  if ('jsonArray' in generated) return `[${texts(generated.jsonArray).join(',')}]`;
  return texts(generated.jsonLines)
    .map((line) => `${line}\n`)
    .join('');
}

function texts({ count, item }: { readonly count: number; readonly item: Json }): readonly string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify(generate(item, index)));
}

/** `"$index"` is the number of the element, `{"$repeat": [text, n]}` the text n times. */
function generate(item: Json, index: number): Json {
  if (item === '$index') return index;
  if (isList(item)) return item.map((element) => generate(element, index));
  if (!isObject(item)) return item;
  if (isList(item.$repeat)) return String(item.$repeat[0]).repeat(Number(item.$repeat[1]));
  return Object.fromEntries(Object.entries(item).map(([name, member]) => [name, generate(member, index)]));
}

/** A printf pattern (`%d`, `%05d`) with its number. */
function numbered(pattern: string, index: number): string {
  return pattern.replace(/%(?<zero>0?)(?<width>\d*)d/, (_, zero: string, width: string) =>
    String(index).padStart(Number(width), zero === '0' ? '0' : ' '),
  );
}
