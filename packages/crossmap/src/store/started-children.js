/** Sums up the children of a Map Run from their numbers, in order, and from how many there are of each status. */
export function startedChildren(indexes, totals) {
  const gaps = [];
  let next = 0;
  for (const index of indexes) {
    for (; next < index; next += 1) gaps.push(next);
    next = index + 1;
  }
  return { totals, gaps, next };
}
//# sourceMappingURL=started-children.js.map
