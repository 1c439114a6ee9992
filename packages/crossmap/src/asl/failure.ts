/** Why a state, task or execution failed, as the API shows it: a value that travels, never an exception. */
export interface Failure {
  readonly error?: string;
  readonly cause?: string;
}
