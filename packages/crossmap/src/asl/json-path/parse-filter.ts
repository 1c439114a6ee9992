import type { Json } from '../json.ts';
import { type Cursor, PathSyntaxError, takeQuoted } from './cursor.ts';
import { parseSteps } from './parse.ts';
import { type Filter, OPERATORS, type Operand, type Operator } from './syntax.ts';

/** Filter operators of the dialect that are not run here. */
const UNSUPPORTED = /(?:contains|size|empty|subsetof|anyof|noneof|all|exists|type)\b/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_][\w-]*/y;
const PATTERN = /\/((?:[^/\\]|\\.)*)\/([a-z]*)/y;

/** `(…)` after `[?`. */
export function parseFilter(cursor: Cursor): Filter {
  cursor.expect('(');
  const filter = either(cursor);
  cursor.expect(')');
  return filter;
}

function either(cursor: Cursor): Filter {
  return joined(cursor, 'or', '||', () => joined(cursor, 'and', '&&', () => single(cursor)));
}

function joined(cursor: Cursor, kind: 'and' | 'or', token: string, read: () => Filter): Filter {
  const filters = [read()];
  for (cursor.skipSpace(); cursor.take(token); cursor.skipSpace()) filters.push(read());
  const [only] = filters;
  return filters.length === 1 && only !== undefined ? only : { kind, filters };
}

function single(cursor: Cursor): Filter {
  cursor.skipSpace();
  if (cursor.take('!')) return { kind: 'not', filter: single(cursor) };
  if (cursor.startsWith('(')) return parseFilter(cursor);
  const left = operand(cursor);
  cursor.skipSpace();
  const operator = takeOperator(cursor);
  if (operator !== undefined) return { kind: 'compare', operator, left, right: operand(cursor) };
  if (left.kind !== 'path') return cursor.fail('a comparison operator');
  return { kind: 'exists', path: left };
}

function takeOperator(cursor: Cursor): Operator | undefined {
  const unsupported = cursor.match(UNSUPPORTED)?.[0];
  if (unsupported !== undefined) {
    const known = OPERATORS.join(' ');
    throw new PathSyntaxError(
      `the filter operator \`${unsupported}\` is not supported: expected one of ${known}`,
      true,
    );
  }
  return OPERATORS.find((operator) => (/\w/.test(operator) ? takeWord(cursor, operator) : cursor.take(operator)));
}

function takeWord(cursor: Cursor, word: string): boolean {
  return !/^\w/.test(cursor.rest.slice(word.length)) && cursor.take(word);
}

function operand(cursor: Cursor): Operand {
  cursor.skipSpace();
  const from = (['@', '$'] as const).find((root) => cursor.take(root));
  if (from !== undefined) return { kind: 'path', from, steps: parseSteps(cursor, true) };
  const pattern = cursor.match(PATTERN);
  if (pattern !== undefined) return { kind: 'pattern', pattern: wholly(pattern[1] ?? '', pattern[2] ?? '') };
  return { kind: 'literal', value: literal(cursor) };
}

/** `=~` holds when the whole text matches. */
function wholly(source: string, flags: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, flags);
  } catch (error) {
    throw new PathSyntaxError((error as Error).message);
  }
}

/** A word without quotes is a string, except true, false and null (published definitions rely on it). */
function literal(cursor: Cursor): Json {
  if (cursor.take('[')) return literals(cursor);
  const quoted = takeQuoted(cursor);
  if (quoted !== undefined) return quoted;
  const number = cursor.match(NUMBER);
  if (number !== undefined) return Number(number[0]);
  const word = cursor.match(WORD)?.[0] ?? cursor.fail('a path or a literal');
  if (word === 'null') return null;
  return word === 'true' || word === 'false' ? word === 'true' : word;
}

function literals(cursor: Cursor): Json {
  const values: Json[] = [];
  cursor.skipSpace();
  if (cursor.take(']')) return values;
  do {
    cursor.skipSpace();
    values.push(literal(cursor));
    cursor.skipSpace();
  } while (cursor.take(','));
  cursor.expect(']');
  return values;
}
