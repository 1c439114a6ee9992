import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Report } from './report.ts';

interface Transition {
  readonly target: string;
  readonly at: string;
}

/** Reports transitions to states that the machine at `at` has not, StartAt among them. */
export function checkTargets(machine: JsonObject, at: string, report: Report): void {
  const { States } = machine;
  if (!isJsonObject(States)) return;
  for (const transition of transitionsOf(machine, at)) {
    if (Object.hasOwn(States, transition.target)) continue;
    report.error(transition.at, `Missing 'Next' target: ${transition.target}`, 'MISSING_TRANSITION_TARGET');
  }
}

/**
 * Reports a machine that cannot end and, of one that can, the states that no transition leads to. That a state is
 * reached from the start is not asked, as AWS does not ask it.
 */
export function checkReach(machine: JsonObject, at: string, report: Report): void {
  const { States } = machine;
  if (!isJsonObject(States)) return;
  if (!Object.values(States).some(isTerminal)) {
    return report.errorOf(at === '' ? undefined : at, 'Workflow has no terminal state', 'MISSING_END_STATE');
  }
  const targets = new Set(transitionsOf(machine, at).map(({ target }) => target));
  for (const name of Object.keys(States)) {
    if (targets.has(name)) continue;
    report.error(`${at}/States/${name}`, `State "${name}" is not reachable.`, 'MISSING_TRANSITION_TARGET');
  }
}

function isTerminal(state: Json): boolean {
  return isJsonObject(state) && (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
}

function transitionsOf({ StartAt, States }: JsonObject, at: string): readonly Transition[] {
  const states = isJsonObject(States) ? Object.entries(States) : [];
  return [
    ...transition(StartAt, `${at}/StartAt`),
    ...states.flatMap(([name, state]) => transitionsFrom(state, `${at}/States/${name}`)),
  ];
}

function transitionsFrom(state: Json, at: string): readonly Transition[] {
  if (!isJsonObject(state)) return [];
  return [
    ...transition(state.Next, `${at}/Next`),
    ...nextOfEach(state.Choices, `${at}/Choices`),
    ...transition(state.Default, `${at}/Default`),
    ...nextOfEach(state.Catch, `${at}/Catch`),
  ];
}

function nextOfEach(list: Json | undefined, at: string): readonly Transition[] {
  const entries: readonly Json[] = Array.isArray(list) ? list : [];
  return entries.flatMap((entry, i) => (isJsonObject(entry) ? transition(entry.Next, `${at}[${i}]/Next`) : []));
}

function transition(target: Json | undefined, at: string): readonly Transition[] {
  return typeof target === 'string' ? [{ target, at }] : [];
}
