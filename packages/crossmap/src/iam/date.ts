/** A date of the W3C profile of ISO 8601, from the year alone to fractions of a second, or epoch seconds. */
const ISO_8601 = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;
const EPOCH_SECONDS = /^\d{5,15}(\.\d+)?$/;

/** Epoch ms; `undefined` for what is no date. https://www.w3.org/TR/NOTE-datetime */
export function parseDate(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  if (!ISO_8601.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
