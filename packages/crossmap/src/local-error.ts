/** What keeps the local server from starting and its caller can put right. The first line says what; details follow. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}
