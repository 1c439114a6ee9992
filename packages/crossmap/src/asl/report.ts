import type { Diagnostic, DiagnosticCode, WarningCode } from './diagnostics.ts';

/** Collects what is found while a definition is walked. `at` is a place in the definition; empty for the machine itself. */
export class Report {
  /** What the language forbids. */
  readonly errors: Diagnostic[] = [];
  /** What AWS runs and this engine does not, named. */
  readonly refusals: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];

  error(at: string, message: string, code: DiagnosticCode = 'SCHEMA_VALIDATION_FAILED'): void {
    this.errors.push({ severity: 'ERROR', code, message, location: at === '' ? '/' : at });
  }

  /** An error with no place but in the whole machine. */
  errorOf(location: string | undefined, message: string, code: DiagnosticCode): void {
    this.errors.push({ severity: 'ERROR', code, message, ...(location !== undefined && { location }) });
  }

  refuse(at: string, message: string): void {
    this.refusals.push({ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message, location: at });
  }

  warn(at: string, message: string, code: WarningCode): void {
    this.warnings.push({ severity: 'WARNING', code, message, location: at });
  }
}
