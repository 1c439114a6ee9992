import { uuid } from '../asl/uuid.ts';

/**
 * Numbers in [0, 1) that follow from 32 random bits and from what they are for (sfc32): chance for code that must give
 * the same twice. Two purposes with the same bits have nothing in common.
 */
export function randomFrom(seed: number, purpose: string): () => number {
  let [a, b, c, counter] = [hash(purpose, 0x811c9dc5), hash(purpose, 0x9747b28c), seed | 0, 1];
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return (result >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** FNV-1a. */
function hash(text: string, basis: number): number {
  let value = basis;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

/**
 * A UUID in the form of version 3 that is the same for the same name: the label of a Map state that has none.
 * Not MD5: nothing needs to compute it again elsewhere.
 */
export function uuidOfName(name: string): string {
  return uuid(randomFrom(name.length, name), '3');
}
