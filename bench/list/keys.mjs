// The keys of the bench `list`: from a distribution, a number and a seed, in UTF-8 byte order, without repetition.

/** A small, fast generator with 32 bits of state (mulberry32): equal seeds give equal keys everywhere. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (random, length) => {
  let text = '';
  while (text.length < length) {
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, length);
};
const digits = (number, length) => String(number).padStart(length, '0');
const between = (random, low, high) => low + Math.floor(random() * (high - low));

/** A script each: Greek, Cyrillic, Hebrew, Devanagari, Thai, Kana, Han, Hangul; and two ranges above U+FFFF. */
const SCRIPTS = [
  [0x3b1, 0x3c9],
  [0x430, 0x44f],
  [0x5d0, 0x5ea],
  [0x905, 0x939],
  [0xe01, 0xe2e],
  [0x30a1, 0x30fa],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0x1f300, 0x1f5ff],
  [0x20000, 0x2a6d6],
];

const DISTRIBUTIONS = {
  hex: (random) => `data/${hex(random, 32)}.json`,
  date: (random) => {
    const time = new Date(Date.UTC(2023, 0, 1) + Math.floor(random() * 3 * 365.25 * 24) * 3_600_000).toISOString();
    return `logs/${time.slice(0, 4)}/${time.slice(5, 7)}/${time.slice(8, 10)}/${time.slice(11, 13)}/${hex(random, 12)}.gz`;
  },
  flat: (_random, i) => `file-${digits(i, 9)}.bin`,
  zipf: (random) => {
    const tenant = Math.floor(2_000 ** random());
    return `tenants/tenant-${digits(tenant, 5)}/orders/${hex(random, 16)}.json`;
  },
  prefix: (random) => `${'a-long-common-prefix/'.repeat(14)}data/${hex(random, 24)}`,
  unicode: (random) => {
    const [low, high] = SCRIPTS[between(random, 0, SCRIPTS.length)];
    let text = 'δ/';
    for (let k = 0; k < 6; k++) text += String.fromCodePoint(between(random, low, high + 1));
    return `${text} ${hex(random, 6)}+%.txt`;
  },
  // Bursts inside of bursts: what a page shows of the keys before it says nothing of those after it.
  adversarial: (random) => {
    let text = '';
    for (let depth = 0; depth < 40 && random() < 0.85; depth++)
      text += random() < 0.7 ? '~' : 'aZ5'[between(random, 0, 3)];
    return `${text}${hex(random, 10)}`;
  },
};
const MIXED = Object.keys(DISTRIBUTIONS);
DISTRIBUTIONS.mixture = (random, i) => {
  const which = MIXED[between(random, 0, MIXED.length)];
  return `${hex(random, 1)}${which}/${DISTRIBUTIONS[which](random, i)}`;
};

export const distributions = Object.keys(DISTRIBUTIONS);

export function keysOf(distribution, count, seed) {
  const random = randomOf(seed);
  const make = DISTRIBUTIONS[distribution];
  const keys = new Set();
  for (let i = 0; keys.size < count; i++) keys.add(make(random, i));
  return sorted([...keys]);
}

/** UTF-16 order is that of UTF-8 but for surrogates: those are moved above U+FFFF while sorting. */
function sorted(keys) {
  if (!keys.some((key) => /[\ud800-\uffff]/.test(key))) return keys.sort();
  return keys
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String);
}

const CLASSES = ['STANDARD', 'STANDARD', 'STANDARD', 'STANDARD_IA', 'GLACIER'];

/** What the object of the key with this place in the order is, beside its key. */
export const objectAt = (i) => ({
  size: (i * 7919) % 5_000_000,
  modified: new Date(Date.UTC(2026, 0, 1) + (i % 20_000_000) * 1_000).toISOString(),
  etag: (Math.imul(i + 1, 2654435761) >>> 0).toString(16).padStart(8, '0').repeat(4),
  storageClass: CLASSES[i % CLASSES.length],
});
