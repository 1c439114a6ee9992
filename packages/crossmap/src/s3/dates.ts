/** S3 keeps times of objects and buckets in whole seconds. */
export function wholeSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000) * 1000;
}

/** As response documents show a time: `2026-01-02T03:04:05.000Z`. Neighbours in a listing share most of it. */
export function isoDate(epochMs: number): string {
  const minute = Math.floor(epochMs / 60_000);
  if (minute !== known.minute) known = { minute, text: new Date(minute * 60_000).toISOString().slice(0, -7) };
  const rest = epochMs - minute * 60_000;
  return `${known.text}${String(Math.floor(rest / 1000)).padStart(2, '0')}.${String(rest % 1000).padStart(3, '0')}Z`;
}

let known = { minute: Number.NaN, text: '' };
