import type { Definition } from './definition.ts';
import type { Diagnostic } from './diagnostics.ts';
import { isJsonObject, type Json } from './json.ts';
import { repeatedNames } from './repeated-names.ts';
import { Report } from './report.ts';
import { checkReach, checkTargets } from './transitions.ts';
import { checkStateMachine, type Walk } from './validate-machine.ts';
import type { WorkflowType } from './validate-task.ts';

export type Validated =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface ValidationOptions {
  /** Absent: STANDARD. */
  readonly type?: WorkflowType;
  /** Services, as Resources name them (`sqs`, `aws-sdk:dynamodb`), whose tasks go to configured endpoints. */
  readonly routed?: ReadonlySet<string>;
}

/** What AWS says of a definition, all at once, and apart from it what this engine refuses. */
export interface Diagnosis {
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** What AWS runs and this engine does not, named. */
  readonly refusals: readonly Diagnostic[];
  readonly json: Json | undefined;
}

/**
 * Reads a definition and gives all its problems at once: what AWS refuses, and what AWS runs and this engine does not.
 * So a definition that passes runs as written. Of what AWS refuses nothing else is said.
 */
export function validateDefinition(definition: string, options: ValidationOptions = {}): Validated {
  const { errors, refusals, json } = diagnose(definition, options);
  const wrong = new Set(errors.map(({ location }) => location));
  const diagnostics = [...errors, ...refusals.filter(({ location }) => !wrong.has(location))];
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, definition: json as unknown as Definition };
}

/** Warnings are in the order of the definition, errors too: first those of fields, then those of transitions. */
export function diagnose(definition: string, { type = 'STANDARD', routed = new Set() }: ValidationOptions): Diagnosis {
  const report = new Report();
  const json = read(definition, report);
  if (isJsonObject(json)) {
    const language = json.QueryLanguage === undefined || json.QueryLanguage === 'JSONPath' ? 'JSONPath' : 'JSONata';
    const walk: Walk = {
      report,
      routed,
      language,
      type,
      labels: new Set(),
      names: new Set(),
      machines: [],
    };
    checkStateMachine(json, walk);
    checkRepeatedNames(definition, walk);
    const sound = report.errors.length === 0;
    for (const { machine, at } of walk.machines) checkTargets(machine, at, report);
    if (sound) for (const { machine, at } of walk.machines) checkReach(machine, at, report);
  }
  return { errors: report.errors, warnings: report.warnings, refusals: report.refusals, json };
}

/** States of the same name in one machine, of which only the text knows. */
function checkRepeatedNames(definition: string, { machines, report }: Walk): void {
  const places = new Set(machines.map(({ at }) => `${at}/States`));
  for (const { at, name } of repeatedNames(definition)) {
    if (places.has(at)) report.error(`${at}/${name}`, `Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
  }
}

function read(definition: string, report: Report): Json | undefined {
  try {
    const json = JSON.parse(definition) as Json;
    if (isJsonObject(json)) return json;
    report.error('/', 'Definition must be a valid JSON object', 'INVALID_JSON_DESCRIPTION');
  } catch (error) {
    report.error('/', `Definition must be valid JSON: ${(error as Error).message}`, 'INVALID_JSON_DESCRIPTION');
  }
  return undefined;
}
