/**
 * Orders keys as S3 does: by their UTF-8 bytes, which is the order of code points. JavaScript's own order is that of
 * UTF-16 units, where U+10000 and above come before U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** How many of the sorted `keys` are at most `bound`. */
export function countUpTo(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] ?? '', bound) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function codePoints(key: string): number[] {
  const points: number[] = [];
  for (let i = 0; i < key.length; i++) {
    const point = key.codePointAt(i) ?? 0;
    if (point > 0xffff) i += 1;
    points.push(point);
  }
  return points;
}

/** How many of the first elements are the same. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (length < shorter && a[length] === b[length]) length += 1;
  return length;
}

/** The code point after this one, which UTF-8 can write; undefined after the last. */
export function successor(point: number): number | undefined {
  if (point === 0xd7ff) return 0xe000;
  return point < 0x10ffff ? point + 1 : undefined;
}
