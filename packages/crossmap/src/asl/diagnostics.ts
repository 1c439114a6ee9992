import type { QueryLanguage } from './definition.ts';

/** What is wrong with a definition, in the shape and with the codes of ValidateStateMachineDefinition. */
export interface Diagnostic {
  readonly severity: 'ERROR';
  readonly code: DiagnosticCode;
  readonly message: string;
  /** A JSON-Pointer-like place: `/States/Process/ItemBatcher`. */
  readonly location: string;
}

export type DiagnosticCode =
  | 'INVALID_JSON_DESCRIPTION'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'INVALID_STATE_NAME'
  | 'INVALID_LABEL_NAME'
  | 'DUPLICATE_LABEL_NAME';

/** The text that CreateStateMachine refuses a definition with, all diagnostics at once. */
export function invalidDefinition(diagnostics: readonly Diagnostic[]): string {
  const problems = diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
  return `Invalid State Machine Definition: '${problems.join(', ')}'`;
}

/** AWS's words for a field of the other query language. */
export function onlyFor(only: QueryLanguage, field: string): string {
  const set = only === 'JSONata' ? 'JSONPath' : 'JSONata';
  return `The QueryLanguage is set to '${set}', but field '${field}' is only supported for the '${only}' QueryLanguage`;
}
