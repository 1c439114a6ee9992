import type { CompiledState } from '../../asl/machine.ts';
import type { Work } from '../advance.ts';
import type { Advancement } from '../advancement.ts';

export function enterChoice(state: Extract<CompiledState, { type: 'Choice' }>, advancement: Advancement): Work {
  const { raw, name, enteredEventId } = advancement.state;
  const { scope } = advancement;
  const input = state.flow.input(raw, scope);
  const next = state.rules.find(({ condition }) => condition(input, scope))?.next ?? state.otherwise;
  if (next !== undefined) return { kind: 'exited', output: state.flow.output(raw, input, scope), next };
  const at = `An error occurred while executing the state '${name}' (entered at the event id #${enteredEventId}). `;
  const cause = `${at}Failed to transition out of the state. The state does not point to a next state.`;
  return { kind: 'failed', failure: { error: 'States.NoChoiceMatched', cause } };
}
