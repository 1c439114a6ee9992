import type { QueryLanguage } from './definition.ts';

/** What is found in a definition, in the shape and with the codes of ValidateStateMachineDefinition. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: DiagnosticCode;
  readonly message: string;
  /** A JSON-Pointer-like place, `/States/Process/ItemBatcher`; absent where the whole machine is meant. */
  readonly location?: string;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html */
export type DiagnosticCode =
  | 'INVALID_JSON_DESCRIPTION'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME'
  | 'INVALID_LABEL_NAME'
  | 'DUPLICATE_LABEL_NAME'
  | WarningCode;

export type WarningCode = 'NO_DOLLAR' | 'NO_PATH' | 'PASS_RESULT_IS_STATIC';

/** The text that CreateStateMachine refuses a definition with, all diagnostics at once. No location is the word `null`. */
export function invalidDefinition(diagnostics: readonly Diagnostic[]): string {
  return `Invalid State Machine Definition: '${diagnostics.map(diagnosticText).join(', ')}'`;
}

export function diagnosticText({ code, message, location }: Diagnostic): string {
  return `${code}: ${message} at ${location ?? null}`;
}

/** AWS's words for a field of the other query language. */
export function onlyFor(only: QueryLanguage, field: string): string {
  const set = only === 'JSONata' ? 'JSONPath' : 'JSONata';
  return `The QueryLanguage is set to '${set}', but field '${field}' is only supported for the '${only}' QueryLanguage`;
}
