const MASK = (1n << 48n) - 1n;

/** The first double of Java's `Random` with the seed: what AWS answers to `$random(seed)`. */
export function javaRandom(seed: bigint): number {
  let state = (seed ^ 0x5deece66dn) & MASK;
  const next = (bits: bigint) => {
    state = (state * 0x5deece66dn + 0xbn) & MASK;
    return Number(state >> (48n - bits));
  };
  return (next(26n) * 2 ** 27 + next(27n)) * 2 ** -53;
}
