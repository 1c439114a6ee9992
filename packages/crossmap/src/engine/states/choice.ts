import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Work } from '../work.ts';

export function enterChoice(state: Extract<CompiledState, { type: 'Choice' }>, advancement: Advancement): Work {
  const { raw, name, enteredEventId } = advancement.state;
  const { scope } = advancement;
  const input = state.flow.input(raw, scope);
  const rule = state.rules.find(({ condition }) => condition(input, scope));
  const next = rule?.next ?? state.otherwise;
  const assign = rule === undefined ? state.assign : rule.assign;
  if (next !== undefined) {
    const assigned = assign?.(input, scope);
    return { kind: 'exited', output: state.flow.output(raw, input, scope), next, ...(assigned && { assigned }) };
  }
  const at = `An error occurred while executing the state '${name}' (entered at the event id #${enteredEventId}). `;
  const cause = `${at}Failed to transition out of the state. The state does not point to a next state.`;
  return { kind: 'failed', failure: { error: 'States.NoChoiceMatched', cause } };
}
