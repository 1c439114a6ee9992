import type { Diagnostic } from './diagnostics.ts';
import { isJsonObject, type Json } from './json.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';
import { type Validated, type ValidationOptions, validateDefinition } from './validate.ts';

/** Reads the definition of a state machine of that type; what its type may not have is a problem too. */
export function validateStateMachine(
  definition: string,
  type: 'STANDARD' | 'EXPRESS',
  options: ValidationOptions = {},
): Validated {
  const validated = validateDefinition(definition, options);
  const express = type === 'EXPRESS' ? expressDiagnostics(parsed(definition)) : [];
  if (express.length === 0) return validated;
  const places = new Set(express.map(({ location }) => location));
  const others = validated.ok ? [] : validated.diagnostics.filter(({ location }) => !places.has(location));
  return { ok: false, diagnostics: [...express, ...others] };
}

function parsed(definition: string): Json {
  try {
    return JSON.parse(definition) as Json;
  } catch {
    return null;
  }
}

/**
 * What an EXPRESS state machine may not have, wherever it stands. The texts were recorded on AWS (api-express), two
 * spaces in the one on tokens included; that on Distributed Maps is ours.
 */
function expressDiagnostics(machine: Json, at = ''): readonly Diagnostic[] {
  const states = isJsonObject(machine) && isJsonObject(machine.States) ? Object.entries(machine.States) : [];
  return states.flatMap(([name, state]) => ofState(state, `${at}/States/${name}`));
}

function ofState(state: Json, at: string): readonly Diagnostic[] {
  if (!isJsonObject(state)) return [];
  const { Resource, Branches, ItemProcessor, Iterator: iterator } = state;
  switch (state.Type) {
    case 'Task': {
      const resource = typeof Resource === 'string' ? parseTaskResource(Resource) : undefined;
      const problem = resource && refused(resource);
      return problem === undefined ? [] : [diagnostic(problem, `${at}/Resource`)];
    }
    case 'Parallel':
      return Array.isArray(Branches)
        ? Branches.flatMap((branch: Json, i) => expressDiagnostics(branch, `${at}/Branches[${i}]`))
        : [];
    case 'Map': {
      const field = ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor';
      const processor = ItemProcessor ?? iterator ?? null;
      const inner = expressDiagnostics(processor, `${at}/${field}`);
      const config = isJsonObject(processor) ? processor.ProcessorConfig : undefined;
      if (!isJsonObject(config) || config.Mode !== 'DISTRIBUTED') return inner;
      const problem = "Express state machine does not support 'DISTRIBUTED' mode of Map states";
      return [diagnostic(problem, `${at}/${field}/ProcessorConfig/Mode`), ...inner];
    }
    default:
      return [];
  }
}

function refused(resource: TaskResource): string | undefined {
  if (resource.kind === 'activity') return 'Express state machine does not support Activity ARN';
  if (resource.kind !== 'service') return undefined;
  switch (resource.pattern) {
    case 'request-response':
      return undefined;
    case 'wait-for-task-token':
      return "Express state machine does not support '.waitForTaskToken' service integration ";
    default:
      return "Express state machine does not support '.sync' service integration";
  }
}

function diagnostic(message: string, location: string): Diagnostic {
  return { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message, location };
}
