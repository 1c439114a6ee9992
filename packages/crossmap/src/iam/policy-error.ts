/** A policy document that is malformed or uses what Crossmap does not support. The message says what, and where. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** The principal that does not exist, where that is the error. */
  readonly principal: string | undefined;

  constructor(message: string, principal?: string) {
    super(message);
    this.principal = principal;
  }
}

/** The error for a user or role that does not exist. */
export function invalidPrincipal(principal: string, at: string): PolicyError {
  return new PolicyError(`Invalid principal in policy: \`${principal}\` does not exist, at ${at}`, principal);
}

/** The error for a value that is not what the policy grammar expects at that place. */
export function unexpected(element: string, expectation: string, found: unknown, at: string): PolicyError {
  return new PolicyError(`Expected \`${element}\` to be ${expectation}, got \`${shown(found)}\` at ${at}`);
}

/** The error for something of the policy language that Crossmap does not evaluate. */
export function unsupported(what: string, at: string): PolicyError {
  return new PolicyError(`${what} is not supported at ${at}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
