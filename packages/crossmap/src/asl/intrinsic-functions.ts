import { decodeBase64, encodeBase64 } from './base64.ts';
import { equalJson } from './equal-json.ts';
import { HASH_ALGORITHMS, hash } from './hash.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { uuid } from './uuid.ts';

/** Why a call fails, in AWS's words. The call itself is named by whoever catches it. */
export class InvalidArguments extends Error {}

/** The value of a call; throws `InvalidArguments`. `random` gives the next chance in [0, 1). */
export type IntrinsicFunction = (args: readonly Json[], random: () => number) => Json;

const MAX_CHARACTERS = 10_000;
const MAX_RANGE = 1_000;
const [LEAST_INT, MOST_INT] = [-2_147_483_648, 2_147_483_647];

/**
 * The intrinsic functions by name, without `States.`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 * Where the page says that fractions are rounded, AWS rounds them only in MathAdd and cuts them off elsewhere.
 */
export const intrinsicFunctions: ReadonlyMap<string, IntrinsicFunction> = new Map([
  ['Array', (args) => args],
  ['ArrayContains', fixed('ArrayContains', 2, (a, value) => array(a).some((each) => equalJson(each, value)))],
  ['ArrayGetItem', fixed('ArrayGetItem', 2, (a, index) => getItem(array(a), whole(index)))],
  ['ArrayLength', fixed('ArrayLength', 1, (a) => array(a).length)],
  ['ArrayPartition', fixed('ArrayPartition', 2, (a, size) => partition(array(a), whole(size)))],
  ['ArrayRange', fixed('ArrayRange', 3, (first, last, step) => range(whole(first), whole(last), whole(step)))],
  ['ArrayUnique', fixed('ArrayUnique', 1, (a) => unique(array(a)))],
  ['Base64Decode', fixed('Base64Decode', 1, (text) => decodeBase64(short(text)))],
  ['Base64Encode', fixed('Base64Encode', 1, (text) => encodeBase64(short(text)))],
  ['Format', format],
  ['Hash', fixed('Hash', 2, (data, algorithm) => digest(short(data), algorithm))],
  ['JsonMerge', fixed('JsonMerge', 3, (a, b, deep) => merge(object(a), object(b), deep))],
  ['JsonToString', fixed('JsonToString', 1, (value) => JSON.stringify(value))],
  ['MathAdd', fixed('MathAdd', 2, (a, b) => int32(int32(Math.round(number(a))) + int32(Math.round(number(b)))))],
  ['MathRandom', mathRandom],
  ['StringSplit', fixed('StringSplit', 2, (text, delimiters) => split(string(text), string(delimiters)))],
  ['StringToJson', fixed('StringToJson', 1, (text) => parse(string(text)))],
  ['UUID', (args, random) => (args.length === 0 ? uuid(random) : invalid('UUID'))],
] satisfies [string, IntrinsicFunction][]);

function invalid(name: string): never {
  throw new InvalidArguments(`Invalid arguments in States.${name}`);
}

/** Thrown where an argument does not fit; `fixed` names the function. */
class Unfit extends Error {}

function unfit(): never {
  throw new Unfit();
}

function fixed<A extends Json[]>(name: string, arity: A['length'], call: (...args: A) => Json): IntrinsicFunction {
  return (args) => {
    if (args.length !== arity) return invalid(name);
    try {
      return call(...(args as A));
    } catch (thrown) {
      if (thrown instanceof Unfit) return invalid(name);
      throw thrown;
    }
  };
}

function array(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : unfit();
}

function object(value: Json): JsonObject {
  return isJsonObject(value) ? value : unfit();
}

function string(value: Json): string {
  return typeof value === 'string' ? value : unfit();
}

function short(value: Json): string {
  const text = string(value);
  return text.length <= MAX_CHARACTERS ? text : unfit();
}

function number(value: Json): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : unfit();
}

function whole(value: Json): number {
  return Math.trunc(number(value));
}

function int32(value: number): number {
  return value >= LEAST_INT && value <= MOST_INT ? value : unfit();
}

/** Nothing is at any place of an empty array: AWS gives null for it, and fails on an index outside any other. */
function getItem(items: readonly Json[], index: number): Json {
  if (items.length === 0) return null;
  return items[index] ?? (index in items ? null : unfit());
}

function partition(items: readonly Json[], size: number): Json {
  if (size < 1) return unfit();
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function range(first: number, last: number, step: number): Json {
  if (step === 0) return unfit();
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  return length <= MAX_RANGE ? Array.from({ length }, (_, i) => first + i * step) : unfit();
}

function unique(items: readonly Json[]): Json {
  return items.filter((item, i) => items.findIndex((each) => equalJson(each, item)) === i);
}

function digest(data: string, name: Json): string {
  const algorithm = HASH_ALGORITHMS.find((each) => each === name);
  return algorithm === undefined ? unfit() : hash(algorithm, data);
}

/** Only the shallow mode exists. A third argument that is no boolean is not looked at. */
function merge(a: JsonObject, b: JsonObject, deep: Json): Json {
  return deep === true ? unfit() : { ...a, ...b };
}

function mathRandom(args: readonly Json[], random: () => number): Json {
  const between = (start: Json, end: Json, chance: () => number) => {
    const [least, beyond] = [whole(start), whole(end)];
    return least < beyond ? least + Math.floor(chance() * (beyond - least)) : unfit();
  };
  return args.length === 3
    ? fixed('MathRandom', 3, (start, end, seed) => between(start, end, seeded(whole(seed))))(args, random)
    : fixed('MathRandom', 2, (start, end) => between(start, end, random))(args, random);
}

/** One chance that follows from the seed (mulberry32). */
function seeded(seed: number): () => number {
  const start = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(start ^ (start >>> 15), start | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return () => ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

/** Each character of `delimiters` parts the text; empty parts are dropped. */
function split(text: string, delimiters: string): Json {
  const parts = [''];
  for (const character of text) {
    if (delimiters.includes(character)) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part !== '');
}

/** A blank text is null (recorded on AWS). */
function parse(text: string): Json {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return unfit();
  }
}

/** The template is its text as written: `\{`, `\}`, `\'` and `\\` stand for the second character, `{}` for an argument. */
function format([template, ...args]: readonly Json[]): Json {
  if (typeof template !== 'string') return invalid('Format');
  let used = 0;
  const text = template.replace(/\\([\s\S]?)|\{\}|[{}]/g, (part, escaped: string | undefined) => {
    if (part === '{}') return shown(args[used++] ?? null);
    if (escaped !== undefined && escaped !== '' && "{}'\\".includes(escaped)) return escaped;
    const why = part === '{' ? "matching '}' not found for '{'." : `unexpected '${part}'.`;
    throw new InvalidArguments(`Invalid template in States.Format: ${why}`);
  });
  if (used === args.length) return text;
  throw new InvalidArguments(
    'Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.',
  );
}

/** As Java writes values: `{name=value, list=[1, 2]}`, texts without quotes. */
function shown(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name}=${shown(member)}`);
  return `{${members.join(', ')}}`;
}
