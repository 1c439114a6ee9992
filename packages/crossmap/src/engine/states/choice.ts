import type { Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { Work } from '../work.ts';

type ChoiceState = Extract<CompiledState, { type: 'Choice' }>;

export async function enterChoice(state: ChoiceState, advancement: Advancement): Promise<Work> {
  const { raw, name, enteredEventId } = advancement.state;
  const input = state.flow.input(raw, advancement.scope);
  const rule = await chosen(state, input, advancement);
  const next = rule?.next ?? state.otherwise;
  if (next !== undefined) {
    const { assign, output } = rule ?? { assign: state.assign, output: undefined };
    return exitWith(state, advancement, input, { next, assign, ...(output && { output }) });
  }
  const at = `An error occurred while executing the state '${name}' (entered at the event id #${enteredEventId}). `;
  const cause = `${at}Failed to transition out of the state. The state does not point to a next state.`;
  return { kind: 'failed', failure: { error: 'States.NoChoiceMatched', cause } };
}

/** The first rule whose condition holds. */
async function chosen({ rules }: ChoiceState, input: Json, { scope }: Advancement) {
  for (const rule of rules) if (await rule.condition(input, scope)) return rule;
  return undefined;
}
