/**
 * Why a text is no path. `unsupported` means that Step Functions accepts it and only this engine does not; otherwise
 * Step Functions refuses it too.
 */
export class PathSyntaxError extends Error {
  readonly unsupported: boolean;
  constructor(message: string, unsupported = false) {
    super(message);
    this.unsupported = unsupported;
  }
}

/** A place in a text that is read from left to right. */
export class Cursor {
  readonly text: string;
  at = 0;
  constructor(text: string) {
    this.text = text;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  startsWith(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  /** Takes `token` if it comes next. */
  take(token: string): boolean {
    if (!this.startsWith(token)) return false;
    this.at += token.length;
    return true;
  }

  /** Takes what the sticky `pattern` matches here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found !== undefined) this.at += found[0].length;
    return found;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  expect(token: string): void {
    this.skipSpace();
    if (!this.take(token)) this.fail(`\`${token}\``);
  }

  fail(expected: string): never {
    throw new PathSyntaxError(`expected ${expected}, got ${this.atEnd ? 'the end' : `\`${this.rest}\``}`);
  }
}

const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/sy;

/**
 * A string in single or double quotes, if one comes next. A backslash stands before the delimiter or another backslash;
 * before anything else it is itself (recorded on AWS).
 */
export function takeQuoted(cursor: Cursor): string | undefined {
  const found = cursor.match(QUOTED);
  if (found === undefined) return undefined;
  const [, single, double] = found;
  return single === undefined ? (double ?? '').replace(/\\(["\\])/g, '$1') : single.replace(/\\(['\\])/g, '$1');
}
