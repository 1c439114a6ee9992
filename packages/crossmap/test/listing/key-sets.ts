import fc from 'fast-check';

/** Numbers from 0 up to 1 that depend on the seed alone. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a random set of keys is made from. Shrinks to fewer keys of fewer parts. */
export interface Recipe {
  readonly seed: number;
  readonly count: number;
  readonly prefix: string;
  /** Each level: its alphabet, how many characters, how many different values, how uneven they are, what follows. */
  readonly levels: readonly {
    readonly alphabet: string;
    readonly length: number;
    readonly values: number;
    readonly skew: number;
    readonly separator: string;
  }[];
  /** How the keys end: a number of so many digits, or characters. */
  readonly digits: number;
}

const ALPHABETS = [
  '0123456789abcdef',
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'ABCxyz019-_ .',
  'αβγδεζηθ',
  'абвгдежзий',
  'אבגדהו',
  'अआइईउऊ',
  '日本語漢字鍵値列表',
  '한국어문자열',
  '😀😁🚀🦀𠀀𪜀\ue000\uffee\u{10fffd}',
  '\u0001\u0002\t\n\r\u007f',
  '%+&<>"\'\\/ =?#',
  'a',
  '~!',
];

const level = fc.record({
  alphabet: fc.constantFrom(...ALPHABETS),
  length: fc.integer({ min: 1, max: 8 }),
  values: fc.constantFrom(1, 2, 3, 12, 100, 5_000),
  skew: fc.constantFrom(1, 2, 6, 20),
  separator: fc.constantFrom('/', '-', '', '=', ' '),
});

export function recipes(most: number): fc.Arbitrary<Recipe> {
  return fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    count: fc.oneof(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most >> 5 })),
    prefix: fc.constantFrom('', 'a/', 'data=é/', 'x'.repeat(200)),
    levels: fc.array(level, { minLength: 0, maxLength: 5 }),
    digits: fc.constantFrom(0, 1, 6, 12),
  });
}

/** Sorted by UTF-8 bytes, each once, all of them with the prefix. Not more than asked for; fewer where there are none. */
export function keysOf({ seed, count, prefix, levels, digits }: Recipe): string[] {
  const chance = chanceOf(seed);
  const values = levels.map(({ alphabet, length, values: different }) => {
    const characters = [...alphabet];
    return Array.from({ length: different }, () => {
      let value = '';
      for (let i = 0; i < length; i++) value += characters[Math.floor(chance() * characters.length)];
      return value;
    });
  });
  const keys = new Set<string>();
  for (let i = 0; i < count; i++) {
    let key = prefix;
    for (const [at, { skew, separator }] of levels.entries()) {
      const choices = values[at] ?? [];
      key += (choices[Math.floor(chance() ** skew * choices.length)] ?? '') + separator;
    }
    if (digits === 12) key += Math.floor(chance() * 2 ** 48).toString(16);
    else if (digits > 0) key += String(i).padStart(digits, '0');
    if (key !== '') keys.add(key);
  }
  return [...keys]
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String);
}
