import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { Occurrence } from '../occurrence.ts';
import type { Work } from '../work.ts';
import { enterState } from './enter.ts';
import { endMapRun } from './map.ts';
import { endTask, failSubmit, missHeartbeat, startActivity, submitTask } from './task.ts';
import { endWait } from './wait.ts';

/** An occurrence that answers what a state waits for. */
export type Answer = Exclude<Occurrence, { kind: `execution-${string}` }>;

/** Goes on with a state that waits. What it does not wait for changes nothing. */
export function resumeState(state: CompiledState, advancement: Advancement, occurrence: Answer): Work | Promise<Work> {
  const awaited = advancement.state.waiting?.for;
  switch (occurrence.kind) {
    case 'task-submitted':
      if (state.type === 'Task' && awaited === 'task') return submitTask(state, advancement, occurrence.output);
      break;
    case 'submit-failed':
      if (state.type === 'Task' && awaited === 'task') return failSubmit(state, advancement, occurrence.failure);
      break;
    case 'task-ended':
      if (state.type === 'Task' && awaited === 'task') return endTask(state, advancement, occurrence.outcome);
      break;
    case 'activity-started':
      if (state.type === 'Task' && awaited === 'task') return startActivity(advancement, occurrence);
      break;
    case 'heartbeat-missed':
      if (state.type === 'Task' && awaited === 'task') return missHeartbeat(state, advancement);
      break;
    case 'wait-due':
      if (state.type === 'Wait' && awaited === 'wait') return endWait(state, advancement);
      break;
    case 'map-run-ended':
      if (state.type === 'Map' && awaited === 'map-run') return endMapRun(state, advancement, occurrence.outcome);
      break;
    case 'retry-due':
      if (awaited === 'retry') return enterState(state, advancement);
      break;
  }
  return { kind: 'waiting' };
}
