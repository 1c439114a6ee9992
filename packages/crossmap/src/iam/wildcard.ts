import { unsupported } from './policy-error.ts';

export type Matcher = (text: string) => boolean;

/** UTF-16 code units with `ANY` for `*` and `ONE` for `?`. */
export type Pattern = readonly number[];

const ANY = -1;
const ONE = -2;

/**
 * Reads text of a policy. With `variables` (Version 2012-10-17) `${*}`, `${?}` and `${$}` are the characters themselves
 * and any other `${…}` is refused; without, `${` is plain text.
 */
export function readPattern(text: string, options: { wildcards: boolean; variables: boolean; at: string }): Pattern {
  const pattern: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (options.variables && character === '$' && text[i + 1] === '{') {
      const variable = /^\$\{[^}]*\}?/.exec(text.slice(i))?.[0] ?? '';
      const literal = /^\$\{([*?$])\}$/.exec(variable)?.[1];
      if (literal === undefined) throw unsupported(`The policy variable \`${variable}\``, options.at);
      pattern.push(literal.charCodeAt(0));
      i += variable.length - 1;
    } else if (options.wildcards && character === '*') {
      if (pattern.at(-1) !== ANY) pattern.push(ANY);
    } else if (options.wildcards && character === '?') {
      pattern.push(ONE);
    } else {
      pattern.push(text.charCodeAt(i));
    }
  }
  return pattern;
}

/** Compiles a pattern that must match the whole text; `*` matches any characters, `/` and `:` included. */
export function matcher(pattern: Pattern): Matcher {
  const wild = pattern.findIndex((unit) => unit < 0);
  if (wild === -1) {
    const whole = characters(pattern);
    return (text) => text === whole;
  }
  if (pattern[wild] === ANY && wild === pattern.length - 1) {
    const start = characters(pattern.slice(0, wild));
    return (text) => text.startsWith(start);
  }
  return (text) => matches(pattern, text);
}

/** Whether one of the matchers matches. */
export function anyOf(matchers: readonly Matcher[]): Matcher {
  const [first, second] = matchers;
  if (first !== undefined && second === undefined) return first;
  return (text) => {
    for (const matches of matchers) if (matches(text)) return true;
    return false;
  };
}

function characters(pattern: Pattern): string {
  let text = '';
  for (const unit of pattern) text += String.fromCharCode(unit);
  return text;
}

/** Only the last `*` is ever reconsidered, so the time is at most pattern length × text length. */
function matches(pattern: Pattern, text: string): boolean {
  let p = 0;
  let t = 0;
  let lastAny = -1;
  let resumeAt = 0;
  while (t < text.length) {
    const unit = pattern[p];
    if (unit === ANY) {
      lastAny = p++;
      resumeAt = t;
    } else if (unit === ONE) {
      t += (text.codePointAt(t) ?? 0) > 0xffff ? 2 : 1;
      p++;
    } else if (unit === text.charCodeAt(t)) {
      t++;
      p++;
    } else if (lastAny >= 0) {
      p = lastAny + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === ANY) p++;
  return p === pattern.length;
}
