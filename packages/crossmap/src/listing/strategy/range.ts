import type { Alphabets } from './alphabet.ts';
import { Scale } from './scale.ts';

/** Keys that are still to be listed: those after `cursor`, up to and including `end`; undefined is the end of all. */
export interface Range {
  readonly id: number;
  cursor: string;
  end: string | undefined;
  /** A page of it has been asked for. */
  busy: boolean;
  /** Where this range was begun, and how many keys have been found in it since. */
  readonly start: string;
  /** The first key that was found in it. */
  first: string | undefined;
  found: number;
  /** The page that came last: its first key and how many keys it had. */
  recent: { readonly first: string; readonly keys: number } | undefined;
  /** About how many pages are left. */
  pagesLeft: number;
  /** How many cuts in a row have found nothing here. */
  misses: number;
}

/**
 * Pages left by density: the keys found since `start`, and those of the last page, each over the share of the range
 * that they took. The lower of the two counts.
 */
export function estimatePages(
  range: Range,
  alphabets: Alphabets,
  least: number,
  pageSize: number,
  most: number,
): number {
  if (range.recent === undefined) return range.pagesLeft;
  const scale = new Scale(alphabets, range.first ?? range.start, range.end, least);
  const place = scale.at(range.cursor);
  const left = scale.at(range.end) - place;
  const whole = range.found / (place - scale.at(range.first));
  const recent = range.recent.keys / (place - scale.at(range.recent.first));
  const pages = (Math.min(whole, recent) * left) / pageSize / 2 ** range.misses;
  return Number.isNaN(pages) ? 0 : Math.min(Math.max(pages, 0), most);
}

/** A key that halves what is left after the page that is under way; undefined where no key lies between. */
export function halvingCut(range: Range, alphabets: Alphabets, least: number): string | undefined {
  const scale = new Scale(alphabets, range.cursor, range.end, least);
  const low = scale.at(range.cursor);
  const left = scale.at(range.end) - low;
  const page = Math.min(1 / Math.max(range.pagesLeft, 1), 1);
  return scale.keyNear(low + left * (page + (1 - page) / 2), left / 16);
}
