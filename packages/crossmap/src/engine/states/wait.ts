import { DataFlowFailure } from '../../asl/data-flow.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { Work } from '../work.ts';

type WaitState = Extract<CompiledState, { type: 'Wait' }>;

/** The longest wait of a Wait state, in ms: 99,999,999 seconds for a number, 24,855 days for a time (recorded). */
const LONGEST_UNTIL = 24_855 * 86_400_000;

export async function enterWait(state: WaitState, advancement: Advancement): Promise<Work> {
  const input = state.flow.input(advancement.state.raw, advancement.scope);
  const { time } = advancement;
  const until = await state.wait(input, advancement.scope);
  const dueAt = until.kind === 'seconds' ? time + until.seconds * 1000 : until.time;
  if (until.kind === 'time' && dueAt - time > LONGEST_UNTIL) {
    throw new DataFlowFailure('States.Runtime', 'Wait state delay is too long.');
  }
  const eventId = advancement.amend({ waitUntil: dueAt });
  advancement.commands.push({ kind: 'await-time', dueAt, happening: { kind: 'wait-due', eventId } });
  return { kind: 'waiting' };
}

export function endWait(state: WaitState, advancement: Advancement): Promise<Work> {
  const input = state.flow.input(advancement.state.raw, advancement.scope);
  return exitWith(state, advancement, input, { next: state.next, assign: state.assign });
}
