import type { ListResult } from '../listing/list-job.ts';
import type { ListingCounts } from '../listing/lister.ts';
import type { Total } from '../listing/summary.ts';
import { barText, countText, durationText, percentText } from '../progress/progress-text.ts';
import { fit, justify, type Paint, printable } from './terminal.ts';

export interface ListView {
  readonly place: string;
  readonly counts: ListingCounts;
  readonly seconds: number;
}

/** A listing that is going on, in three lines no wider than `columns`. The share is an estimate. */
export function listWindow({ place, counts, seconds }: ListView, columns: number, paint: Paint): string[] {
  const bar = barText(counts.share, Math.max(columns - 8, 0));
  const filled = bar.lastIndexOf('█') + 1;
  return [
    paint('bold', justify(printable(place), durationText(seconds), columns)),
    `  ${paint('green', bar.slice(0, filled))}${paint('dim', bar.slice(filled))} ${percentText(counts.share)}`,
    fit(`  ${countsText(counts, seconds)}`, columns),
  ];
}

export function listLine({ counts, seconds }: ListView): { state: string; text: string } {
  const share = `about ${percentText(counts.share).trim()} of the key space`;
  return { state: 'listing', text: `${durationText(seconds)}  ${countsText(counts, seconds)} · ${share}` };
}

function countsText({ keys, requests, retries }: ListingCounts, seconds: number): string {
  const rate = seconds > 0 ? ` · ${countText(keys / seconds)} keys/s` : '';
  return `${countText(keys)} keys${rate} · ${countText(requests)} requests${retries > 0 ? ` · ${countText(retries)} retries` : ''}`;
}

/** Prefixes that a person reads; `--json` has more of them. */
const PREFIXES_SHOWN = 10;

export function summaryOfList({ summary, counts, changes }: ListResult, seconds: number, paint: Paint): string[] {
  const { byStorageClass, byPrefix, elsewhere } = summary;
  const lines = [
    paint('bold', totalText(summary, byStorageClass !== undefined)),
    `  ${countsText(counts, seconds)} · ${durationText(seconds)}`,
  ];
  if (changes !== undefined) {
    lines.push(
      `  ${countText(changes.new)} new · ${countText(changes.changed)} changed · ${countText(changes.gone)} gone`,
    );
  }
  const sized = byStorageClass !== undefined;
  const classes = Object.entries(byStorageClass ?? {}).sort(([, a], [, b]) => b.objects - a.objects);
  for (const [name, total] of classes) lines.push(`  ${printable(name).padEnd(24)} ${totalText(total, sized)}`);
  for (const { prefix, ...total } of byPrefix.slice(0, PREFIXES_SHOWN)) {
    lines.push(`  ${printable(prefix === '' ? '(no prefix)' : prefix).padEnd(24)} ${totalText(total, sized)}`);
  }
  const rest = byPrefix
    .slice(PREFIXES_SHOWN)
    .reduce((sum, { objects, bytes }) => ({ objects: sum.objects + objects, bytes: sum.bytes + bytes }), elsewhere);
  if (rest.objects > 0) lines.push(`  ${'(other prefixes)'.padEnd(24)} ${totalText(rest, sized)}`);
  return lines;
}

function totalText({ objects, bytes }: Readonly<Total>, sized: boolean): string {
  const count = `${countText(objects)} ${objects === 1 ? 'object' : 'objects'}`;
  return sized ? `${count}, ${bytesText(bytes)}` : count;
}

/** `0 B`, `1.5 KiB`, `12 GiB` */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 2 ** (10 * power);
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
