import { bytesOf, readBody, type StoredBody } from './body.ts';
import { type Checksum, type ChecksumAlgorithm, DEFAULT_ALGORITHM } from './checksum.ts';
import { type ObjectCipher, PLAIN } from './object-cipher.ts';
import { isMultipart } from './object-parts.ts';
import type { ObjectStore } from './object-store.ts';
import type { ByteRange } from './preconditions.ts';
import { keep, type Received, storedBody } from './receive.ts';
import type { StoredObject } from './stored-object.ts';
import { Summing } from './verification.ts';

export interface Copying {
  readonly store: ObjectStore;
  /** Of the copy's checksum. */
  readonly algorithm: ChecksumAlgorithm;
  /** How the source is encrypted, and how the copy will be. */
  readonly from: ObjectCipher;
  readonly to: ObjectCipher;
}

/** By which algorithm a copy is summed up: that of the request, of the source, or S3's own. */
export function algorithmOfCopy(
  { attributes }: StoredObject,
  requested: ChecksumAlgorithm | undefined,
): ChecksumAlgorithm {
  return requested ?? attributes.checksum?.algorithm ?? DEFAULT_ALGORITHM;
}

/**
 * The content of a whole copy. Where nothing is encrypted it is in the blobs of its source, which the caller has pinned,
 * and has its entity tag and checksum where they are of the bytes. Otherwise the bytes are stored again, in blobs that are
 * the caller's to remove.
 */
export async function copiedContent(
  source: StoredObject,
  { store, algorithm, from, to }: Copying,
): Promise<{ readonly etag: string; readonly checksum: Checksum; readonly body: StoredBody }> {
  const inPlace = staysInPlace(from, to);
  const known = source.attributes.checksum;
  if (inPlace && !isMultipart(source) && known?.algorithm === algorithm) {
    return { etag: source.etag, checksum: known, body: source.body };
  }
  const summing = new Summing([algorithm]);
  const content = bytesOf(readBody(source.body, 0, source.size, store, from));
  let { body } = source;
  if (inPlace) await summing.take(content);
  else body = storedBody(await keep(summing.passing(content), store.blobs, { inline: true, cipher: to }));
  const { md5, sums } = summing.finish();
  return { etag: to.etag(md5), checksum: { algorithm, value: sums[algorithm]!, type: 'FULL_OBJECT' }, body };
}

/** The content of a part, which is one blob: one of the source's where the range is just that, else the caller's to remove. */
export async function copiedPart(
  source: StoredObject,
  { start, end }: ByteRange,
  { store, algorithm, from, to }: Copying,
): Promise<Pick<Received, 'size' | 'md5' | 'sums' | 'content'>> {
  const summing = new Summing([algorithm]);
  const content = bytesOf(readBody(source.body, start, end, store, from));
  const blob = staysInPlace(from, to) ? blobAt(source.body, { start, end }) : undefined;
  if (blob !== undefined) {
    await summing.take(content);
    return { ...summing.finish(), size: end - start, content: { kind: 'blob', id: blob } };
  }
  const kept = await keep(summing.passing(content), store.blobs, { inline: false, cipher: to });
  return { ...summing.finish(), ...kept };
}

function staysInPlace(from: ObjectCipher, to: ObjectCipher): boolean {
  return from === PLAIN && to === PLAIN;
}

/** The blob that holds just these bytes of a body. */
function blobAt(body: StoredBody, { start, end }: ByteRange): string | undefined {
  if (body.kind === 'inline') return undefined;
  let position = 0;
  for (const { blob, size } of body.segments) {
    if (position === start && position + size === end) return blob;
    position += size;
  }
  return undefined;
}
