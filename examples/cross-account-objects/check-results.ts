import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Objects, sha256OfFile } from './objects.ts';

export interface Checked {
  /** Objects whose result is there and right. */
  readonly processed: number;
  readonly failed: number;
  readonly problems: readonly string[];
}

/** Compares every line of a results file with the SHA-256 of the file on disk that the object was made from. */
export async function checkResults(resultsFile: string, objects: Objects): Promise<Checked> {
  const missing = new Map(objects);
  const problems: string[] = [];
  let [processed, failed] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(resultsFile) })) {
    const { key, result } = JSON.parse(line) as { key: string; result: { sha256: string } };
    const file = missing.get(key);
    if (file === undefined) problems.push(`${key}: a result for an object that is not there, or a second one`);
    else if (result.sha256 === (await sha256OfFile(file))) processed += 1;
    else {
      failed += 1;
      problems.push(`${key}: the SHA-256 differs from that of ${file}`);
    }
    missing.delete(key);
  }
  problems.push(...[...missing.keys()].map((key) => `${key}: no result`));
  return { processed, failed: failed + missing.size, problems };
}
