import type { Vector, Verdict } from './vector.ts';

export type Level = 'evaluator' | 'server';

export interface Result {
  readonly vector: Vector;
  readonly level: Level;
  readonly verdict: Verdict;
}

/** One line for each category, in the order of the vectors. */
export function table(results: readonly Result[]): string {
  const categories = [...new Set(results.map(({ vector }) => vector.category))];
  const width = Math.max(8, ...categories.map((category) => category.length));
  const row = (category: string, ...cells: readonly (string | number)[]) =>
    [category.padEnd(width), ...cells.map((cell) => String(cell).padStart(7))].join(' ');
  const lines = categories.map((category) => {
    const { passed, failed, skipped } = counts(results.filter(({ vector }) => vector.category === category));
    return row(category, passed, failed, skipped);
  });
  return [row('category', 'passed', 'failed', 'skipped'), ...lines].join('\n');
}

/** The line others read: `N passed, N failed, N skipped`. */
export function closingLine(results: readonly Result[]): string {
  const { passed, failed, skipped } = counts(results);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

export function explain({ vector, level, verdict }: Result): string {
  const title = `${level} ${vector.id}: ${vector.description}`;
  return verdict.kind === 'passed' ? `ok   ${title}` : `${verdict.kind.toUpperCase()} ${title}\n     ${verdict.reason}`;
}

export function resultsJson(results: readonly Result[]): object {
  return {
    ...counts(results),
    vectors: results.map(({ vector: { id, category }, level, verdict }) => ({ id, category, level, ...verdict })),
  };
}

function counts(results: readonly Result[]) {
  const count = (kind: Verdict['kind']) => results.filter(({ verdict }) => verdict.kind === kind).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}
