/**
 * The names of a row in the order in which AWS writes them: that of a Java `HashMap`, not of the columns. Observed:
 * the headers `0,True,{}` give `{"0":…,"{}":…,"True":…}`. Names alone in their bucket keep the order of the buckets,
 * names that share one that in which they came. (JavaScript puts names that are array indices first.)
 */
export function memberOrder(names: readonly string[]): readonly number[] {
  let buckets = 16;
  while (names.length > buckets * 0.75) buckets *= 2;
  const bucketOf = names.map((name) => spread(hashOf(name)) & (buckets - 1));
  return names.map((_, i) => i).sort((a, b) => (bucketOf[a] as number) - (bucketOf[b] as number) || a - b);
}

/** `String.hashCode()`. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
