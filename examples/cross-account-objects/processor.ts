import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { processObjects } from 'crossmap-cdk/lambda';

/** The first bytes, in hexadecimal, of files that can be told by them. */
const SIGNATURES = { png: '89504e47', jpeg: 'ffd8ff', gif: '47494638', pdf: '25504446', zip: '504b0304', gzip: '1f8b' };

/** Reads each object: its SHA-256, how many lines and words it has, and what it is. */
export const handler = processObjects(async (object) => {
  await beforeRead(object.key);
  const body = Buffer.from(await object.bytes());
  const text = body.toString('latin1');
  return {
    sha256: createHash('sha256').update(body).digest('hex'),
    bytes: body.length,
    lines: text.split('\n').length - 1,
    words: text.match(/\S+/g)?.length ?? 0,
    type: detectType(object.key, body),
  };
});

/** Lets this example's test change the bucket between the listing and the read. */
async function beforeRead(key: string): Promise<void> {
  const hook = process.env.BEFORE_READ_HOOK;
  if (hook) await fetch(`${hook}?key=${encodeURIComponent(key)}`);
}

function detectType(key: string, body: Buffer): string {
  const start = body.subarray(0, 4).toString('hex');
  const known = Object.entries(SIGNATURES).find(([, signature]) => start.startsWith(signature));
  return known?.[0] ?? (extname(key).slice(1).toLowerCase() || 'unknown');
}
