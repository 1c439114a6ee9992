import type { Json } from '../asl/json.ts';
import type { ResultFormat } from '../engine/map-run-plan.ts';
import type { ExecutionRecord } from '../engine/ports.ts';
import { resultRecord } from './result-record.ts';

/** What stands for an ended child in the results: JSON texts, one, or with FLATTEN any number. */
export function resultTexts(child: ExecutionRecord, transformation: ResultFormat['transformation']): readonly string[] {
  if (child.status !== 'SUCCEEDED' || transformation === 'NONE') return [JSON.stringify(resultRecord(child))];
  if (transformation === 'COMPACT' || !child.output.trimStart().startsWith('[')) return [child.output];
  return (JSON.parse(child.output) as readonly Json[]).map((element) => JSON.stringify(element));
}

/** How texts follow each other: an array, or lines of which the last ends too (observed). */
export const ENCLOSURES: Readonly<
  Record<
    ResultFormat['outputType'],
    { readonly extension: string; readonly begin: string; readonly between: string; readonly end: string }
  >
> = {
  JSON: { extension: 'json', begin: '[', between: ',', end: ']' },
  JSONL: { extension: 'jsonl', begin: '', between: '\n', end: '\n' },
};
