import { bytesOf, readBody, type StoredBody } from './body.ts';
import { type Checksum, type ChecksumAlgorithm, DEFAULT_ALGORITHM } from './checksum.ts';
import { type ObjectCipher, PLAIN } from './object-cipher.ts';
import { isMultipart } from './object-parts.ts';
import type { ObjectStore } from './object-store.ts';
import { keep, storedBody } from './receive.ts';
import type { StoredObject } from './stored-object.ts';
import { Summing } from './verification.ts';

/** The content of a copy. */
export interface CopiedContent {
  readonly etag: string;
  readonly checksum: Checksum;
  readonly body: StoredBody;
  /** To be called once the copy is stored, or is not: the blobs are held until then. */
  readonly letGo: () => Promise<void>;
}

export interface Copying {
  /** Of the copy's checksum; `undefined` for that of the source, or S3's own. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  /** How the source is encrypted, and how the copy will be. */
  readonly from: ObjectCipher;
  readonly to: ObjectCipher;
}

/**
 * Where nothing is encrypted the copy shares the blobs of its source, and its entity tag and checksum where they are of
 * the bytes. Otherwise the bytes are read and stored again.
 */
export async function copiedContent(
  source: StoredObject,
  store: ObjectStore,
  copying: Copying,
): Promise<CopiedContent> {
  const known = source.attributes.checksum;
  const algorithm = copying.algorithm ?? known?.algorithm ?? DEFAULT_ALGORITHM;
  return copying.from === PLAIN && copying.to === PLAIN
    ? shared(source, store, algorithm)
    : storedAgain(source, store, copying, algorithm);
}

async function shared(source: StoredObject, store: ObjectStore, algorithm: ChecksumAlgorithm): Promise<CopiedContent> {
  const body = withoutParts(source.body);
  const blobs = body.kind === 'inline' ? [] : body.segments.map(({ blob }) => blob);
  store.pins.pin(blobs);
  const letGo = () => store.pins.unpin(blobs);
  const known = source.attributes.checksum;
  if (!isMultipart(source) && known?.algorithm === algorithm) {
    return { etag: source.etag, checksum: known, body, letGo };
  }
  try {
    const summing = new Summing([algorithm]);
    for await (const bytes of bytesOf(readBody(source.body, 0, source.size, store))) summing.update(bytes);
    const { md5, sums } = summing.finish();
    return { etag: md5, checksum: fullChecksum(algorithm, sums[algorithm]!), body, letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function storedAgain(
  source: StoredObject,
  store: ObjectStore,
  { from, to }: Copying,
  algorithm: ChecksumAlgorithm,
): Promise<CopiedContent> {
  const summing = new Summing([algorithm]);
  const content = summing.passing(bytesOf(readBody(source.body, 0, source.size, store, from)));
  const body = storedBody(await keep(content, store.blobs, { inline: true, cipher: to }));
  const blobs = body.kind === 'inline' ? [] : body.segments.map(({ blob }) => blob);
  const { md5, sums } = summing.finish();
  const letGo = () => store.pins.remove(blobs);
  return { etag: to.etag(md5), checksum: fullChecksum(algorithm, sums[algorithm]!), body, letGo };
}

/** The same stored bytes, which are no parts any more. */
function withoutParts(body: StoredBody): StoredBody {
  if (body.kind === 'inline') return body;
  return { kind: 'blobs', segments: body.segments.map(({ blob, size }) => ({ blob, size })) };
}

function fullChecksum(algorithm: ChecksumAlgorithm, value: string): Checksum {
  return { algorithm, value, type: 'FULL_OBJECT' };
}
