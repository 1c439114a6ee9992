/** An error whose name Step Functions and the failed items show as the error. */
export function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** Name and message of anything thrown. */
export function nameAndMessage(thrown: unknown): { name: string; message: string } {
  return thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
}
