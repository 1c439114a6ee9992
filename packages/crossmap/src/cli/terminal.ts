import type { Clock, Host, Output } from './host.ts';

/** What is shown while something goes on. Both are pure: they may be asked at any time, or never. */
export interface Shown {
  /** For a terminal: lines that fit in `columns` cells, see `fit`. */
  window(columns: number): string[];
  /** For a log. A change of `state` is worth a line, a change of `text` alone is worth one now and then. */
  line(): { readonly state: string; readonly text: string };
}

/** `update` after each change; `end` exactly once. */
export interface Display {
  update(): void;
  end(): void;
}

const FRAME_MS = 80;
const STATE_LINE_MS = 1_000;
const TEXT_LINE_MS = 10_000;

/** A window that is drawn over and over on a terminal; lines elsewhere, in CI, and where `TERM=dumb`. */
export function openDisplay(shown: Shown, output: Output, { env, clock }: Pick<Host, 'env' | 'clock'>): Display {
  const live = output.isTTY === true && env.TERM !== 'dumb' && !isSet(env.CI);
  return live ? windowDisplay(shown, output, clock) : lineDisplay(shown, output, clock);
}

/** https://no-color.org */
export function hasColour(output: Output, env: Host['env']): boolean {
  return output.isTTY === true && env.TERM !== 'dumb' && !isSet(env.NO_COLOR);
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '';
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';
const ERASE_BELOW = '\x1b[0J';

/** At most one frame in 80 ms; an update that comes sooner is seen with the next one. `end` leaves nothing behind. */
function windowDisplay(shown: Shown, output: Output, clock: Clock): Display {
  let drawn: readonly string[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  const home = (columns: number) => {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
    return rows === 0 ? '' : `\x1b[${rows}A\r`;
  };
  return {
    update() {
      if (clock.now() - drawnAt < FRAME_MS) return;
      const columns = columnsOf(output);
      const lines = shown.window(columns);
      const start = drawn.length === 0 ? HIDE_CURSOR : '';
      output.write(
        `${start}${BEGIN_FRAME}${home(columns)}${ERASE_BELOW}${lines.map((l) => `${l}\n`).join('')}${END_FRAME}`,
      );
      drawn = lines;
      drawnAt = clock.now();
    },
    end() {
      if (drawn.length > 0) output.write(`${home(columnsOf(output))}${ERASE_BELOW}${SHOW_CURSOR}`);
      drawn = [];
    },
  };
}

/** A pseudo-terminal that was given no size has 0 columns. */
function columnsOf({ columns = 0 }: Output): number {
  return columns > 0 ? columns : 80;
}

/** A line at the start, one for a new state (at most one a second), one each 10 s for a new text, and the last one. */
function lineDisplay(shown: Shown, output: Output, clock: Clock): Display {
  let written: { readonly state: string; readonly text: string } | undefined;
  let writtenAt = 0;
  const write = () => {
    const line = shown.line();
    if (line.text === written?.text) return;
    output.write(`${line.text}\n`);
    written = line;
    writtenAt = clock.now();
  };
  return {
    update() {
      const wait = shown.line().state === written?.state ? TEXT_LINE_MS : STATE_LINE_MS;
      if (written === undefined || clock.now() - writtenAt >= wait) write();
    },
    end: write,
  };
}

const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Cells that a text takes on a terminal: two for East Asian wide characters and emoji, none for escape codes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(ESCAPES, '')) {
    if (!NO_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The text in at most `columns` cells: cut with `…` where it is longer. For text without escape codes. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += displayWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** `left` at the left edge and `right` at the right one; `left` gives way. For text without escape codes. */
export function justify(left: string, right: string, columns: number): string {
  if (right === '') return fit(left, columns);
  const kept = fit(left, Math.max(columns - displayWidth(right) - 1, 0));
  return fit(kept + ' '.repeat(Math.max(columns - displayWidth(kept) - displayWidth(right), 1)) + right, columns);
}

/** Text of others (names, causes, keys) on one line, with no character that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

export type Style = 'bold' | 'dim' | 'red' | 'green';
export type Paint = (style: Style, text: string) => string;

const STYLES: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
};

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? `\x1b[${STYLES[style][0]}m${text}\x1b[${STYLES[style][1]}m` : text);
}
