import { exceedsPayloadLimit, type Json } from '../../asl/json.ts';
import type { ApiError } from './errors.ts';

/** Parses a payload that a caller gave as JSON text, refusing in AWS's words what is none. */
export function parseJsonText(text: string, what: string, refuse: (why: string) => ApiError): Json {
  if (text === '') throw refuse(`Invalid ${what}.`);
  if (exceedsPayloadLimit(text)) throw refuse(`the ${what.replace(/^.* /, '')} is larger than 262144 bytes`);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const token = /^\s*([A-Za-z_]\w*)/.exec(text)?.[1];
    if (token === undefined) throw refuse((error as Error).message);
    const expected = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    throw refuse(`Unrecognized token '${token}': ${expected}`);
  }
}
