import { progressOf } from '../progress/map-run-progress.ts';
import {
  barText,
  clockText,
  countText,
  itemCountsText,
  percentText,
  progressLine,
  rateText,
} from '../progress/progress-text.ts';
import type { ExecutionView } from './execution-follower.ts';
import { fit, justify, type Paint, printable } from './terminal.ts';

/**
 * A running execution in at most five lines, each no wider than `columns`, which are at least 8:
 * what runs and since when, the Map Run with its bar and counts, and the state it is in after the Map Run.
 */
export function executionWindow(view: ExecutionView, columns: number, paint: Paint): string[] {
  const title = `${printable(view.stateMachineName)} · ${printable(view.executionName)}`;
  const lines = [paint('bold', justify(title, `${view.status}  ${elapsed(view)}`, columns))];
  const { mapRun, stateName } = view;
  if (mapRun !== undefined) lines.push(...mapRunLines(mapRun, columns, paint));
  if (stateName !== undefined && stateName !== mapRun?.stateName) lines.push(fit(`▸ ${printable(stateName)}`, columns));
  return lines;
}

function mapRunLines({ stateName, observed }: NonNullable<ExecutionView['mapRun']>, columns: number, paint: Paint) {
  const progress = progressOf(observed);
  const failedRun = progress.ended && observed.answer.status !== 'SUCCEEDED';
  const mark = failedRun ? paint('red', '✗') : progress.ended ? paint('green', '✓') : '▸';
  const bar = barText(progress.fraction, Math.max(columns - 8, 0));
  const filled = bar.lastIndexOf('█') + 1;
  const rate = progress.total > 0 && progress.itemsPerSecond !== undefined ? [rateText(progress.itemsPerSecond)] : [];
  const left = progress.secondsLeft === undefined ? [] : [`${clockText(progress.secondsLeft)} left`];
  const running = progress.running > 0 ? [`${countText(progress.running)} running`] : [];
  const counts = justify(
    `  ${[itemCountsText(progress), ...running].join(' · ')}`,
    [...rate, ...left].join(' · '),
    columns,
  );
  return [
    `${mark} ${fit(printable(stateName), columns - 2)}`,
    `  ${paint('green', bar.slice(0, filled))}${paint('dim', bar.slice(filled))} ${percentText(progress.fraction)}`,
    progress.failed > 0 ? counts.replace(/[\d,]+ failed/, (text) => paint('red', text)) : counts,
  ];
}

/** The same in one line for a log; a new state or status is a new `state`. */
export function executionLine(view: ExecutionView): { state: string; text: string } {
  const { mapRun, stateName, status } = view;
  const parts = [elapsed(view), status];
  if (stateName !== undefined) parts.push(printable(stateName));
  if (mapRun !== undefined) parts.push(progressLine(progressOf(mapRun.observed)));
  return { state: JSON.stringify([status, stateName, mapRun?.mapRunArn]), text: parts.join('  ') };
}

function elapsed({ startedAt, now }: ExecutionView): string {
  return clockText(Math.floor(Math.max(now - startedAt, 0) / 1000));
}
