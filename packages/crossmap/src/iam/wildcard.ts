import { type Context, contextValues } from './context.ts';
import { unexpected } from './policy-error.ts';

/** Whether a text of the request matches; the context fills policy variables. */
export type Matcher = (text: string, context: Context) => boolean;

/** UTF-16 code units with `ANY` for `*` and `ONE` for `?`. */
type Units = readonly number[];

/** `${key, 'default'}`. A variable without a value and without a default matches nothing. */
interface Variable {
  readonly key: string;
  readonly defaultValue: string | undefined;
}

/** A text of a policy: units, and the variables between them. */
type Pattern = readonly (number | Variable)[];

export interface PatternOptions {
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** Whether `${…}` is a variable: in policies of Version 2012-10-17. */
  readonly variables: boolean;
  /** Whether upper and lower case are one. */
  readonly ignoreCase?: boolean;
  readonly at: string;
}

const ANY = -1;
const ONE = -2;
const VARIABLE = /^\$\{\s*([A-Za-z0-9-]+:[^\s,'{}]+)\s*(?:,\s*'([^']*)'\s*)?\}$/;

/**
 * Compiles a text of a policy that must match the whole text of a request; `*` matches any characters, `/` and `:`
 * included. `${*}`, `${?}` and `${$}` are the characters themselves, and so is what a variable stands for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function compilePattern(text: string, options: PatternOptions): Matcher {
  const pattern = readPattern(options.ignoreCase ? foldLiterals(text) : text, options);
  const units = pattern.filter((unit) => typeof unit === 'number');
  const matches = units.length === pattern.length ? matcher(units) : substituting(pattern, options.ignoreCase === true);
  return options.ignoreCase ? (found, context) => matches(found.toLowerCase(), context) : matches;
}

/** Lower case, except in the names of variables, which keep the case of tags. */
function foldLiterals(text: string): string {
  return text.replace(/\$\{[^}]*\}?|[^$]+|\$/g, (part) => (part.startsWith('${') ? part : part.toLowerCase()));
}

function readPattern(text: string, { wildcards, variables, at }: PatternOptions): Pattern {
  const pattern: (number | Variable)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (variables && character === '$' && text[i + 1] === '{') {
      const end = text.indexOf('}', i);
      const variable = end === -1 ? text.slice(i) : text.slice(i, end + 1);
      pattern.push(readVariable(variable, at));
      i += variable.length - 1;
    } else if (wildcards && character === '*') {
      if (pattern.at(-1) !== ANY) pattern.push(ANY);
    } else if (wildcards && character === '?') {
      pattern.push(ONE);
    } else {
      pattern.push(text.charCodeAt(i));
    }
  }
  return pattern;
}

function readVariable(variable: string, at: string): number | Variable {
  const literal = /^\$\{([*?$])\}$/.exec(variable)?.[1];
  if (literal !== undefined) return literal.charCodeAt(0);
  const [, key, defaultValue] = VARIABLE.exec(variable) ?? [];
  if (key === undefined) throw unexpected('policy variable', "`${key}` or `${key, 'default'}`", variable, at);
  return { key, defaultValue };
}

/** The value of a variable: keys of many values have none. */
function resolved({ key, defaultValue }: Variable, context: Context): string | undefined {
  const values = contextValues(context, key);
  return values?.length === 1 ? values[0] : defaultValue;
}

function substituting(pattern: Pattern, ignoreCase: boolean): Matcher {
  return (text, context) => {
    const units: number[] = [];
    for (const unit of pattern) {
      if (typeof unit === 'number') {
        units.push(unit);
        continue;
      }
      const value = resolved(unit, context);
      if (value === undefined) return false;
      const literal = ignoreCase ? value.toLowerCase() : value;
      for (let i = 0; i < literal.length; i++) units.push(literal.charCodeAt(i));
    }
    return matches(units, text);
  };
}

function matcher(pattern: Units): Matcher {
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
  return (text, context) => {
    for (const matches of matchers) if (matches(text, context)) return true;
    return false;
  };
}

function characters(pattern: Units): string {
  let text = '';
  for (const unit of pattern) text += String.fromCharCode(unit);
  return text;
}

/** Only the last `*` is ever reconsidered, so the time is at most pattern length × text length. */
function matches(pattern: Units, text: string): boolean {
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
