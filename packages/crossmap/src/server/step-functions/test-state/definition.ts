import type { QueryLanguage, State } from '../../../asl/definition.ts';
import { invalidDefinition } from '../../../asl/diagnostics.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../asl/json.ts';
import { compileMachine, type Machine } from '../../../asl/machine.ts';
import { parseTaskResource } from '../../../asl/task-resource.ts';
import { validateDefinition } from '../../../asl/validate.ts';
import { ApiError } from '../errors.ts';

/** What a tested state is called, in the context object and in diagnostics, whatever its name in a machine is (recorded). */
export const STATE_NAME = 'StateName';

export interface StateUnderTest {
  readonly state: State;
  readonly language: QueryLanguage;
  /** Starts at the state. Where its transitions lead there is a stub. */
  readonly machine: Machine;
  /** Whether it stands in the processor of a Map state. */
  readonly inMap: boolean;
}

/**
 * The state that a request tests: its definition is that of the state or, with `stateName`, of the machine that has the
 * state at any depth. With a mock nothing is called, so a task may name any service.
 */
export function stateUnderTest(definition: string, stateName: string | undefined, mocked: boolean): StateUnderTest {
  if (stateName === undefined) return { ...wrapped(parse(definition), undefined, mocked), inMap: false };
  const machine = parse(definition);
  accept(validateDefinition(definition, { routed: servicesIn(machine) }));
  const found = find(machine, stateName, false);
  if (found === undefined) throw new ApiError('ValidationException', 'State not found in definition');
  const language = isJsonObject(machine) ? machine.QueryLanguage : undefined;
  return { ...wrapped(found.state, language, mocked), inMap: found.inMap };
}

/** The machine of the state alone. */
function wrapped(state: Json, QueryLanguage: Json | undefined, mocked: boolean) {
  const stubs = Object.fromEntries(targetsOf(state).map((target) => [target, { Type: 'Succeed' }]));
  const alone = {
    ...(QueryLanguage !== undefined && { QueryLanguage }),
    StartAt: STATE_NAME,
    States: { ...stubs, [STATE_NAME]: state },
  };
  const routed = mocked ? servicesIn(state) : new Set<string>();
  const definition = accept(validateDefinition(JSON.stringify(alone), { routed }));
  const tested = definition.States[STATE_NAME] as State;
  const language = tested.QueryLanguage ?? definition.QueryLanguage ?? 'JSONPath';
  return { state: tested, language, machine: compileMachine(definition) };
}

function accept(validated: ReturnType<typeof validateDefinition>) {
  if (validated.ok) return validated.definition;
  throw new ApiError('InvalidDefinition', invalidDefinition(validated.diagnostics));
}

/** A text that is no JSON is refused by the validation, as any other definition is. */
function parse(definition: string): Json {
  try {
    return JSON.parse(definition) as Json;
  } catch {
    accept(validateDefinition(definition));
    throw new Error('Expected the validation to refuse a definition that is no JSON');
  }
}

/** The first state of that name, those of the machine itself before those inside. */
function find(machine: Json, name: string, inMap: boolean): { state: JsonObject; inMap: boolean } | undefined {
  const states = isJsonObject(machine) && isJsonObject(machine.States) ? machine.States : {};
  const state = Object.hasOwn(states, name) ? states[name] : undefined;
  if (isJsonObject(state)) return { state, inMap };
  for (const around of Object.values(states).filter(isJsonObject)) {
    for (const [inner, ofMap] of machinesIn(around)) {
      const found = find(inner, name, inMap || ofMap);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The machines inside a state, and whether a Map state processes items with them. */
function machinesIn({ ItemProcessor, Iterator, Branches }: JsonObject): readonly (readonly [Json, boolean])[] {
  const processors = [ItemProcessor, Iterator].flatMap((each) => (each === undefined ? [] : [[each, true] as const]));
  const branches = Array.isArray(Branches) ? Branches.map((each) => [each, false] as const) : [];
  return [...processors, ...branches];
}

/** The names of all states inside a Map or Parallel state. */
export function statesInside(state: object): ReadonlySet<string> {
  const inner = machinesIn(state as JsonObject).flatMap(([machine]) =>
    isJsonObject(machine) && isJsonObject(machine.States) ? Object.entries(machine.States) : [],
  );
  return new Set(inner.flatMap(([name, each]) => [name, ...(isJsonObject(each) ? statesInside(each) : [])]));
}

function targetsOf(state: Json): readonly string[] {
  if (!isJsonObject(state)) return [];
  const { Next, Default, Choices, Catch } = state;
  const rules = [Choices, Catch].flatMap((list) => (Array.isArray(list) ? list.filter(isJsonObject) : []));
  return [Next, Default, ...rules.map((rule) => rule.Next)].filter((name) => typeof name === 'string');
}

/** Every service that a Resource names, at any depth. */
function servicesIn(value: Json): ReadonlySet<string> {
  const services = new Set<string>();
  const visit = (each: Json): void => {
    if (Array.isArray(each)) return each.forEach(visit);
    if (!isJsonObject(each)) return;
    const resource = typeof each.Resource === 'string' ? parseTaskResource(each.Resource) : undefined;
    if (resource?.kind === 'service') services.add(resource.service);
    Object.values(each).forEach(visit);
  };
  visit(value);
  return services;
}
