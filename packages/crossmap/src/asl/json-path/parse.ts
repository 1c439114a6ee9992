import { type Cursor, PathSyntaxError, takeQuoted } from './cursor.ts';
import { parseFilter } from './parse-filter.ts';
import type { Step } from './syntax.ts';

/**
 * A name after a dot runs to the next dot, bracket or space. Step Functions knows no functions in paths: `length()` is
 * a name like any other, and mostly there is nothing under it.
 */
const NAME = /[^.[\]\s]+/y;
/** In a filter a name also ends where an operator or a parenthesis begins. */
const NAME_IN_FILTER = /(?:[^.[\]\s=!<>~&|(),]|\(\))+/y;
const INTEGER = /-?\d+/y;

/** The steps that come next: in a filter up to where they end, otherwise up to the end of the text. */
export function parseSteps(cursor: Cursor, inFilter: boolean): readonly Step[] {
  const steps: Step[] = [];
  while (!cursor.atEnd) {
    if (cursor.startsWith('[')) {
      steps.push(bracket(cursor));
    } else if (cursor.take('..')) {
      steps.push({ kind: 'descend' }, afterDot(cursor, inFilter));
    } else if (cursor.take('.')) {
      steps.push(afterDot(cursor, inFilter));
    } else if (inFilter) {
      break;
    } else {
      cursor.fail("`.name`, `['name']` or `[0]`");
    }
  }
  return steps;
}

function afterDot(cursor: Cursor, inFilter: boolean): Step {
  if (cursor.startsWith('[')) return bracket(cursor);
  const name = cursor.match(inFilter ? NAME_IN_FILTER : NAME)?.[0];
  if (name === undefined) return cursor.fail('a name after `.`');
  return name === '*' ? { kind: 'wildcard' } : { kind: 'name', name };
}

function bracket(cursor: Cursor): Step {
  cursor.expect('[');
  cursor.skipSpace();
  const step = inBrackets(cursor);
  cursor.expect(']');
  return step;
}

function inBrackets(cursor: Cursor): Step {
  if (cursor.take('*')) return { kind: 'wildcard' };
  if (cursor.take('?')) return { kind: 'filter', filter: parseFilter(cursor) };
  if (cursor.startsWith('(')) throw new PathSyntaxError('script expressions (`[(…)]`) are not supported');
  const name = takeQuoted(cursor);
  if (name !== undefined) {
    const names = [name, ...more(cursor, () => takeQuoted(cursor) ?? cursor.fail('a name in quotes'))];
    return names.length > 1 ? { kind: 'names', names } : { kind: 'name', name };
  }
  const first = integer(cursor);
  cursor.skipSpace();
  if (cursor.take(':')) return slice(cursor, first);
  if (first === undefined) return cursor.fail('a name in quotes, an index, `*` or `?`');
  const indexes = [first, ...more(cursor, () => integer(cursor) ?? cursor.fail('an index'))];
  return indexes.length > 1 ? { kind: 'indexes', indexes } : { kind: 'index', index: first };
}

function slice(cursor: Cursor, from: number | undefined): Step {
  cursor.skipSpace();
  const to = integer(cursor);
  cursor.skipSpace();
  if (cursor.startsWith(':')) {
    throw new PathSyntaxError('a step in a slice (`[a:b:step]`) is not supported: expected `[a:b]`', true);
  }
  if (from === undefined && to === undefined) return cursor.fail('a bound of the slice');
  return { kind: 'slice', from, to };
}

function integer(cursor: Cursor): number | undefined {
  const found = cursor.match(INTEGER);
  return found === undefined ? undefined : Number(found[0]);
}

function more<T>(cursor: Cursor, read: () => T): readonly T[] {
  const values: T[] = [];
  for (cursor.skipSpace(); cursor.take(','); cursor.skipSpace()) {
    cursor.skipSpace();
    values.push(read());
  }
  return values;
}
