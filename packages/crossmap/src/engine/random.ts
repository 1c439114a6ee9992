/** Numbers in [0, 1) that follow from 32 random bits (mulberry32): chance for code that must give the same twice. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A version 4 UUID made of the next random numbers. */
export function uuidFrom(random: () => number): string {
  return formatUuid(
    Array.from({ length: 4 }, () => Math.floor(random() * 4_294_967_296)),
    '4',
  );
}

/**
 * A UUID in the form of version 3 that is the same for the same name: the label of a Map state that has none.
 * Not MD5: nothing needs to compute it again elsewhere.
 */
export function uuidOfName(name: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  const random = randomFrom(hash ^ name.length);
  return formatUuid(
    Array.from({ length: 4 }, () => Math.floor(random() * 4_294_967_296)),
    '3',
  );
}

function formatUuid(words: readonly number[], version: string): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    version + hex.slice(13, 16),
    variant + hex.slice(17, 20),
    hex.slice(20),
  ];
  return parts.join('-');
}
