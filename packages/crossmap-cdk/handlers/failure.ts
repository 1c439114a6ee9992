/** An error whose name Step Functions shows as the error, so that a Catch can match it. */
export function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** Name and message of anything thrown. */
export function nameAndMessage(thrown: unknown): { name: string; message: string } {
  return thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
}
