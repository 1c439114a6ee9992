import type { Case } from './case.ts';
import type { Json } from './json.ts';
import type { Verdict } from './verdict.ts';

export interface Result {
  readonly each: Case;
  readonly verdict: Verdict;
}

/** One line for each area, in the order of the cases. */
export function table(results: readonly Result[]): string {
  const areas = new Map<string, Result[]>();
  for (const result of results) areas.set(result.each.area, [...(areas.get(result.each.area) ?? []), result]);
  const width = Math.max(4, ...[...areas.keys()].map((area) => area.length));
  const row = (area: string, ...cells: readonly (string | number)[]) =>
    [area.padEnd(width), ...cells.map((cell) => String(cell).padStart(7))].join(' ');
  const lines = [...areas].map(([area, cases]) => {
    const passed = countPassed(cases);
    return row(area, cases.length, passed, cases.length - passed);
  });
  return [row('area', 'cases', 'passed', 'failed'), ...lines].join('\n');
}

/** The line others read: `N passed, M failed, K skipped`. No case is ever skipped. */
export function closingLine(results: readonly Result[]): string {
  const passed = countPassed(results);
  return `${passed} passed, ${results.length - passed} failed, 0 skipped`;
}

/** Why a case failed, over one or three lines. */
export function explain({ each, verdict }: Result): string {
  if (verdict.kind === 'passed') return `ok   ${each.area} ${each.id}`;
  if ('reason' in verdict) return `FAIL ${each.area} ${each.id}\n     ${verdict.reason}`;
  const { path, expected, actual } = verdict.difference;
  return `FAIL ${each.area} ${each.id}\n     ${path}\n     expected ${shown(expected)}\n     actual   ${shown(actual)}`;
}

/** The results as one JSON value: counts, areas, and each case with the first difference. */
export function resultsJson(results: readonly Result[]): object {
  const passed = countPassed(results);
  return {
    passed,
    failed: results.length - passed,
    skipped: 0,
    cases: results.map(({ each: { id, area, tier }, verdict }) => ({ id, area, tier, ...verdict })),
  };
}

function countPassed(results: readonly Result[]): number {
  return results.filter(({ verdict }) => verdict.kind === 'passed').length;
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '(nothing)';
  const text = JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
