export type DiagnosticCode =
  /** The assembly itself is broken: a file is missing, is not JSON, or is not what the manifest says. */
  | 'INVALID_ASSEMBLY'
  | 'INVALID_TEMPLATE'
  | 'INVALID_PROPERTY'
  /** A policy that IAM does not take, or that holds what is not evaluated here. */
  | 'INVALID_POLICY'
  /** A definition that Step Functions does not take, or that holds what does not run here. */
  | 'INVALID_DEFINITION'
  | 'UNRESOLVED_REFERENCE'
  | 'CIRCULAR_DEPENDENCY'
  | 'MISSING_ASSET'
  | 'UNSUPPORTED_ASSEMBLY'
  | 'UNSUPPORTED_TEMPLATE'
  | 'UNSUPPORTED_RESOURCE_TYPE'
  | 'UNSUPPORTED_PROPERTY'
  | 'UNSUPPORTED_INTRINSIC'
  /** The embedded service refused the resource. */
  | 'DEPLOYMENT_FAILED';

/** Where a problem is. `file` is relative to the assembly, `property` starts at the template entry. */
export interface Location {
  readonly file?: string;
  readonly stack?: string;
  readonly logicalId?: string;
  readonly constructPath?: string;
  readonly property?: string;
}

export interface AssemblyDiagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly location: Location;
}

/** Reports a problem of one template entry; `property` is its path inside that entry, `''` for the entry itself. */
export type Report = (code: DiagnosticCode, property: string, message: string) => void;

/** Gathers problems, in the order found, after those known before. */
export class AssemblyDiagnostics {
  readonly #found: AssemblyDiagnostic[];

  constructor(known: readonly AssemblyDiagnostic[] = []) {
    this.#found = [...known];
  }

  get found(): readonly AssemblyDiagnostic[] {
    return this.#found;
  }

  report(code: DiagnosticCode, location: Location, message: string): void {
    this.#found.push({ code, message, location });
  }

  at(location: Location): Report {
    return (code, property, message) =>
      this.report(code, property === '' ? location : { ...location, property }, message);
  }

  /** @throws AssemblyError when anything was reported. */
  throwIfAny(): void {
    if (this.#found.length > 0) throw new AssemblyError(this.#found);
  }
}

/** A cloud assembly that cannot be loaded, with every problem found. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
  readonly diagnostics: readonly AssemblyDiagnostic[];

  constructor(diagnostics: readonly AssemblyDiagnostic[]) {
    const count = diagnostics.length === 1 ? '1 problem' : `${diagnostics.length} problems`;
    super([`The cloud assembly cannot be loaded: ${count}`, ...diagnostics.map(line)].join('\n'));
    this.diagnostics = diagnostics;
  }
}

function line({ code, message, location }: AssemblyDiagnostic): string {
  const { file, stack, logicalId, property, constructPath } = location;
  const place = [file, stack, logicalId, property].filter((part) => part !== undefined).join(' › ');
  const path = constructPath === undefined ? '' : ` (CDK path ${constructPath})`;
  return `- ${code} at ${place}${path}: ${message.replaceAll('\n', '\n  ')}`;
}
