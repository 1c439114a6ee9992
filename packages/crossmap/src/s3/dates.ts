/** S3 keeps times of objects and buckets in whole seconds. */
export function wholeSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000) * 1000;
}

/** As response documents show a time: `2026-01-02T03:04:05.000Z`. */
export function isoDate(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
