import { type IntrinsicFunction, InvalidArguments, intrinsicFunctions } from './intrinsic-functions.ts';
import type { Json } from './json.ts';
import { Cursor, PathSyntaxError } from './json-path/cursor.ts';
import { type Path, parsePath, readPathOrNone, searchedBy } from './path.ts';
import type { Evaluation } from './scope.ts';

/**
 * A call of an intrinsic function, `States.Format('{}', $.name)`, compiled. Arguments are paths, strings in single
 * quotes, numbers, true, false, null and calls.
 * https://states-language.net/spec.html#intrinsic-functions
 */
export type ParsedIntrinsic =
  | { readonly ok: true; readonly evaluate: Evaluation }
  | { readonly ok: false; readonly reason: string; readonly unsupported: boolean };

/** Thrown inside an evaluation when a call fails; the execution fails with States.Runtime, as on AWS. */
export class IntrinsicFailed extends Error {
  constructor(expression: string, why: string) {
    super(`The function '${expression}' had the following error: ${why}`);
  }
}

/** The most calls in one field (Step Functions). */
const MAX_CALLS = 10;

const CALL = /States\.([A-Za-z0-9]+)\(/y;
const STRING = /'((?:[^'\\]|\\.)*)'/sy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /(?:true|false|null)\b/y;
const QUOTED_OR_ANY = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|./suy;

type Argument =
  | { readonly kind: 'literal'; readonly value: Json }
  /** `written` keeps its escapes, which States.Format reads itself. */
  | { readonly kind: 'string'; readonly value: string; readonly written: string }
  | { readonly kind: 'path'; readonly path: Path }
  | Call;
type Call = {
  readonly kind: 'call';
  readonly name: string;
  readonly run: IntrinsicFunction;
  readonly args: Argument[];
};

export function isIntrinsic(text: string): boolean {
  return text.startsWith('States.');
}

export function parseIntrinsic(text: string): ParsedIntrinsic {
  const cursor = new Cursor(text.trimEnd());
  try {
    const call = readCall(cursor, { left: MAX_CALLS });
    if (!cursor.atEnd) cursor.fail('the end');
    const value = compileCall(call);
    return { ok: true, evaluate: (input, scope) => named(text, () => value(input, scope)) };
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error;
    return { ok: false, reason: `\`${text}\`: ${error.message}`, unsupported: error.unsupported };
  }
}

function named(expression: string, evaluate: () => Json): Json {
  try {
    return evaluate();
  } catch (error) {
    throw error instanceof InvalidArguments ? new IntrinsicFailed(expression, error.message) : error;
  }
}

function readCall(cursor: Cursor, calls: { left: number }): Call {
  const name = cursor.match(CALL)?.[1] ?? cursor.fail('a call `States.Name(…)`');
  const run = intrinsicFunctions.get(name);
  if (run === undefined) throw new PathSyntaxError(`there is no function States.${name}`);
  if (calls.left-- === 0) throw new PathSyntaxError(`more than ${MAX_CALLS} calls in one field`);
  const args: Argument[] = [];
  cursor.skipSpace();
  if (cursor.take(')')) return { kind: 'call', name, run, args };
  do {
    cursor.skipSpace();
    args.push(readArgument(cursor, calls));
    cursor.skipSpace();
  } while (cursor.take(','));
  cursor.expect(')');
  return { kind: 'call', name, run, args };
}

function readArgument(cursor: Cursor, calls: { left: number }): Argument {
  if (cursor.startsWith('States.')) return readCall(cursor, calls);
  if (cursor.startsWith('$')) return readPathArgument(cursor);
  const written = cursor.match(STRING)?.[1];
  if (written !== undefined) return { kind: 'string', value: unescaped(written), written };
  const literal = cursor.match(NUMBER) ?? cursor.match(WORD);
  if (literal === undefined) return cursor.fail('a path, a string in single quotes, a number or a call');
  return { kind: 'literal', value: JSON.parse(literal[0]) as Json };
}

/** A backslash stands before a quote, a brace or a backslash and before nothing else (recorded on AWS). */
function unescaped(written: string): string {
  return written.replace(/\\([\s\S])/g, (pair, character: string) => {
    if ("'{}\\".includes(character)) return character;
    throw new PathSyntaxError(`the escape \`${pair}\` is not known in a string`);
  });
}

/** A path ends at the comma, space or parenthesis that stands outside its brackets. */
function readPathArgument(cursor: Cursor): Argument {
  const start = cursor.at;
  for (let depth = 0; !cursor.atEnd; ) {
    const part = cursor.match(QUOTED_OR_ANY)?.[0] ?? '';
    if (part === '[') depth++;
    if (part === ']') depth--;
    if (depth > 0 || !/^[,()\s]$/.test(part)) continue;
    cursor.at -= part.length;
    break;
  }
  const parsed = parsePath(cursor.text.slice(start, cursor.at));
  if (!parsed.ok) throw new PathSyntaxError(parsed.reason, parsed.unsupported);
  return { kind: 'path', path: parsed.path };
}

function compileCall({ name, run, args }: Call): Evaluation {
  const values = args.map((argument, i) => compileArgument(argument, name === 'Format' && i === 0));
  return (input, scope) => {
    const given = values.map((value) => value(input, scope));
    return run(given, scope.random);
  };
}

function compileArgument(argument: Argument, asTemplate: boolean): Evaluation {
  switch (argument.kind) {
    case 'call':
      return compileCall(argument);
    case 'path':
      return compilePathArgument(argument.path);
    case 'string': {
      const value = asTemplate ? argument.written : argument.value;
      return () => value;
    }
    case 'literal':
      return () => argument.value;
  }
}

function compilePathArgument(path: Path): Evaluation {
  return (input, scope) => {
    const found = readPathOrNone(path, input, scope);
    if (found !== undefined) return found;
    const where = `could not be found in the input '${JSON.stringify(searchedBy(path, input, scope))}'`;
    throw new InvalidArguments(`The JsonPath argument for the field '${path.text}' ${where}`);
  };
}
