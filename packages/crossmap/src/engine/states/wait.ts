import { DataFlowFailure } from '../../asl/data-flow.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { Work } from '../work.ts';

type WaitState = Extract<CompiledState, { type: 'Wait' }>;

/** The longest wait in ms: so many seconds as an int holds, which are 24,855 days and some hours (recorded by days). */
const LONGEST_WAIT = (2 ** 31 - 1) * 1000;

export async function enterWait(state: WaitState, advancement: Advancement): Promise<Work> {
  const input = state.flow.input(advancement.state.raw, advancement.scope);
  const { time } = advancement;
  const until = await state.wait(input, advancement.scope);
  const dueAt = until.kind === 'seconds' ? time + until.seconds * 1000 : until.time;
  if (dueAt - time > LONGEST_WAIT) {
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
