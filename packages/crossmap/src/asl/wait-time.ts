import { isTimestamp } from './choice-rule.ts';
import { DataFlowFailure } from './data-flow.ts';
import type { WaitState } from './definition.ts';
import { type Json, textOf } from './json.ts';
import { jsonataField } from './jsonata/field.ts';
import { seconds } from './number-fields.ts';
import { parsePath, readPath } from './path.ts';
import type { Compiler } from './query-language.ts';
import type { Scope } from './scope.ts';

/** Until when a Wait state waits: a number of seconds from now, or a time (epoch ms). */
export type WaitTime =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'time'; readonly time: number };

type CompiledWait = (input: Json, scope: Scope) => WaitTime | Promise<WaitTime>;

/** Compiles the field of a Wait state that says how long. Throws `DataFlowFailure`; its texts are recorded ones. */
export function compileWait(state: WaitState, compiler: Compiler): CompiledWait {
  const { Seconds, SecondsPath, Timestamp, TimestampPath } = state;
  if (compiler.queryLanguage === 'JSONata') return compileJsonataWait(state, compiler);
  if (typeof Seconds === 'number') return () => ({ kind: 'seconds', seconds: Seconds });
  if (Timestamp !== undefined) return () => ({ kind: 'time', time: Date.parse(Timestamp) });
  const text = SecondsPath ?? TimestampPath ?? '';
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  const read = (input: Json, scope: Scope): Json => {
    const value = readPath(parsed.path, input, scope);
    if (value !== undefined) return value;
    const field = SecondsPath === undefined ? 'TimestampPath' : 'SecondsPath';
    throw new DataFlowFailure('States.Runtime', `The ${field} parameter does not reference an input value: ${text}`);
  };
  return SecondsPath === undefined
    ? (input, scope) => timestamp(read(input, scope), text)
    : (input, scope) => secondsAt(read(input, scope), text);
}

function compileJsonataWait(state: WaitState, compiler: Compiler): CompiledWait {
  const { Timestamp } = state;
  if (Timestamp === undefined) {
    const field = seconds('Seconds', compiler.number('Seconds', state));
    return async (input, scope) => ({ kind: 'seconds', seconds: (await field(input, scope)) ?? 0 });
  }
  const field = jsonataField(Timestamp, 'Timestamp', 'string');
  return async (input, scope) => {
    const value = await field(input, scope);
    if (isTimestamp(value)) return { kind: 'time', time: Date.parse(value) };
    const expected = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string';
    throw new DataFlowFailure('States.Runtime', `${expected}: ${textOf(value)}`, 'Timestamp');
  };
}

function secondsAt(value: Json, path: string): WaitTime {
  const refuse = (what: string) =>
    new DataFlowFailure('States.Runtime', `The SecondsPath parameter ${what}: ${path} == ${textOf(value)}`);
  if (typeof value !== 'number' || !Number.isInteger(value)) throw refuse('does not reference a valid integer');
  if (value < 0) throw refuse('references a negative value');
  return { kind: 'seconds', seconds: value };
}

function timestamp(value: Json, path: string): WaitTime {
  if (isTimestamp(value)) return { kind: 'time', time: Date.parse(value) };
  throw new DataFlowFailure(
    'States.Runtime',
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${textOf(value)}`,
  );
}
