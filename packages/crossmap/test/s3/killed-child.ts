import { writeSync } from 'node:fs';
import { parseXml } from '../../src/s3/xml.ts';
import {
  type Line,
  type OpenStore,
  type Operation,
  openStore,
  PLAIN,
  pieces,
  request,
  VERSIONED,
} from './killed-store.ts';

/**
 * Puts and deletes objects until it is killed, several at a time but one for each key, and says so as it goes.
 * Arguments: folder, seed.
 */
const [, , folder = '', seed = '1'] = process.argv;
const LANES = 6;
const KEYS_OF_LANE = 4;

let state = Number(seed);
/** The numbers of a linear congruential generator, below `limit`. */
function next(limit: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * limit);
}

function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function perform({ s3 }: OpenStore, { bucket, key, n, kind }: Operation): Promise<string | undefined> {
  const target = { bucket, key };
  if (kind === 'delete') return (await s3.handle(request('DELETE', target))).headers['x-amz-version-id'];
  const content = pieces(key, n, kind);
  if (kind !== 'parts') return (await s3.handle(request('PUT', target, {}, content[0]))).headers['x-amz-version-id'];
  const begun = await s3.handle(request('POST', target, { uploads: '' }));
  const uploadId = parseXml(String(begun.body)).children.find(({ name }) => name === 'UploadId')!.text;
  const parts: string[] = [];
  for (const [index, piece] of content.entries()) {
    const query = { uploadId, partNumber: String(index + 1) };
    const { etag } = (await s3.handle(request('PUT', target, query, piece))).headers;
    parts.push(`<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
  }
  const document = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
  return (await s3.handle(request('POST', target, { uploadId }, Buffer.from(document)))).headers['x-amz-version-id'];
}

const open = await openStore(folder);
let count = 0;
async function lane(number: number): Promise<never> {
  for (;;) {
    const operation: Operation = {
      bucket: next(2) === 0 ? PLAIN : VERSIONED,
      key: `lane-${number}/${next(KEYS_OF_LANE)}`,
      n: count++,
      kind: (['small', 'small', 'large', 'parts', 'delete'] as const)[next(5)]!,
    };
    say({ begin: operation });
    say({ done: operation, versionId: await perform(open, operation) });
  }
}
await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
