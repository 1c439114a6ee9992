import { HASH_ALGORITHMS, hash } from '../hash.ts';
import type { Json } from '../json.ts';
import { uuid } from '../uuid.ts';
import { evaluationOf, MAX_VALUE_BYTES, tooMuchMemory } from './evaluation.ts';
import { javaRandom } from './java-random.ts';
import { type Focus, type Functions, ownFunction } from './library.ts';

/** The most elements that AWS makes in one `$range`. */
const MAX_RANGE = 360_145;

const [fromMillis, pad] = [ownFunction('fromMillis'), ownFunction('pad')];

/**
 * The functions that Step Functions adds to JSONata, and those of JSONata that need the time, chance or a limit.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html, measured at AWS in
 * https://github.com/floci-io/floci/pull/2676.
 * AWS cuts off the fraction where it needs an integer, and gives nothing for many a call that has no answer.
 */
export const functions: Functions = {
  partition: { signature: '<xn?:a>', call: partition },
  range: { signature: '<nnn?:a>', call: range },
  hash: { signature: '<s-s?:s>', call: digest },
  parse: { signature: '<s-:x>', call: parse },
  random: {
    signature: '<n?:n>',
    call(seed: number | undefined) {
      return seed === undefined ? evaluationOf(this.environment).random() : javaRandom(BigInt(Math.trunc(seed)));
    },
  },
  uuid: {
    signature: '<:s>',
    call() {
      return uuid(evaluationOf(this.environment).random);
    },
  },
  shuffle: {
    signature: '<a:a>',
    call(array: readonly Json[] | undefined) {
      return array === undefined ? undefined : shuffle(array, evaluationOf(this.environment).random);
    },
  },
  millis: {
    signature: '<:n>',
    call() {
      return evaluationOf(this.environment).time;
    },
  },
  now: {
    signature: '<s?s?:s>',
    call(picture: string | undefined, timezone: string | undefined) {
      return fromMillis.call(this, evaluationOf(this.environment).time, picture, timezone);
    },
  },
  pad: {
    signature: '<s-ns?:s>',
    call(this: Focus, text: string | undefined, width: number, filler: string | undefined) {
      return Math.abs(width) > MAX_VALUE_BYTES ? tooMuchMemory() : pad.call(this, text, width, filler);
    },
  },
};

/** `$error` has this code too: the message is the whole text. */
function refuse(message: string): never {
  throw { code: 'D3137', message };
}

function partition(value: Json | undefined, size: number | undefined): Json | undefined {
  if (value === null) throw { code: 'T0412', index: 1, type: 'values' };
  if (value === undefined) return undefined;
  const array: readonly Json[] = Array.isArray(value) ? value : [value];
  const step = size === undefined ? array.length : Math.trunc(size);
  if (step < 0) return refuse('Second argument must be zero or greater');
  if (step === 0 || array.length === 0) return undefined;
  return Array.from({ length: Math.ceil(array.length / step) }, (_, i) => array.slice(i * step, (i + 1) * step));
}

/** A single number stands for itself, as a sequence of one does in JSONata. */
function range(first: number | undefined, last: number | undefined, step: number | undefined): Json | undefined {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.trunc(first), Math.trunc(last), Math.trunc(step)];
  const count = by === 0 ? 0 : Math.floor((to - from) / by) + 1;
  if (count > MAX_RANGE) return tooMuchMemory();
  if (count <= 1) return count === 1 ? from : undefined;
  return Array.from({ length: count }, (_, i) => from + i * by);
}

function digest(text: string | undefined, name: string | undefined): Json | undefined {
  if (text === undefined || name === undefined) return undefined;
  const algorithm = HASH_ALGORITHMS.find((each) => each === name);
  return algorithm === undefined
    ? refuse(`Second argument must be one of ${HASH_ALGORITHMS.join(', ')}`)
    : hash(algorithm, text);
}

function parse(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return refuse('Invalid JSON');
  }
}

function shuffle(array: readonly Json[], random: () => number): Json {
  const shuffled = [...array];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] ?? null, shuffled[i] ?? null];
  }
  return shuffled;
}

/** The names that are functions unless an expression or a variable gives them another meaning. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(
  [
    ...Object.keys(functions),
    'string length substring substringBefore substringAfter uppercase lowercase trim contains split join match replace',
    'eval base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl number abs floor ceil',
    'round power sqrt formatNumber formatBase formatInteger parseInteger sum max min average boolean not exists count',
    'append sort reverse distinct zip keys lookup spread merge sift each error assert type fromMillis toMillis map',
    'filter single reduce clone',
  ].flatMap((names) => names.split(' ')),
);
