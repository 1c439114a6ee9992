import type { Machine } from '../asl/machine.ts';
import { executionTimeout } from './advance.ts';
import { Advancement } from './advancement.ts';
import { machineOf } from './branches.ts';
import type { Command } from './command.ts';
import {
  type Execution,
  type ExecutionHeader,
  type Flow,
  flowAt,
  flowsOf,
  newExecution,
  type Waiting,
  waitingOf,
} from './execution.ts';
import { apply, fold } from './fold.ts';
import type { HistoryEvent } from './history.ts';
import type { MapRunPlan } from './map-run-plan.ts';
import { distributedMapPlan } from './states/map.ts';

/**
 * What has to be done again for a running execution whose process ended, from its whole history. Tasks that were in flight run
 * again; jobs that had begun, and Map Runs, are taken up where they are. A heartbeat is awaited from `time` (epoch ms),
 * as nothing is kept of the last one.
 */
export async function outstanding(
  machine: Machine,
  execution: Execution,
  events: readonly HistoryEvent[],
  time: number,
): Promise<readonly Command[]> {
  const commands: Command[] = executionTimeout(machine, execution.header);
  for (const flow of flowsOf(execution)) {
    if (flow.position.at !== 'state') continue;
    const { waiting } = flow.position;
    if (waiting === undefined) throw new Error(`Expected flow \`${flow.path}\` to wait or to have ended`);
    commands.push(...(await commandsOf(waiting, { machine, execution, events, time, flow })));
  }
  return commands;
}

interface Place {
  readonly machine: Machine;
  readonly execution: Execution;
  readonly events: readonly HistoryEvent[];
  readonly time: number;
  readonly flow: Flow;
}

async function commandsOf(waiting: Waiting, place: Place): Promise<readonly Command[]> {
  const { eventId } = waiting;
  switch (waiting.for) {
    case 'branches':
      return [];
    case 'wait':
    case 'retry': {
      const happening = { kind: `${waiting.for}-due`, eventId } as const;
      return [{ kind: 'await-time', dueAt: waiting.dueAt, happening }];
    }
    case 'map-run':
      return [await mapRun(eventId, place)];
    case 'task':
      return [...task(eventId, place), ...deadlines(waiting, place)];
  }
}

async function mapRun(eventId: number, place: Place): Promise<Command> {
  const started = eventAt(place.events, eventId);
  if (started.type !== 'MapRunStarted') {
    throw new Error(`Expected a Map Run to have started with event ${eventId}, found ${started.type}`);
  }
  const { mapRunArn } = started.details;
  return { kind: 'start-map-run', eventId, mapRunArn, plan: await planAt(started, place) };
}

/** Evaluated as it was when the Map Run started: nothing of a plan draws chance. */
function planAt({ timestamp }: HistoryEvent, { machine, execution, flow }: Omit<Place, 'events' | 'time'>) {
  const state = stateOf(machine, execution, flow);
  if (state.type !== 'Map' || state.mode !== 'DISTRIBUTED') {
    throw new Error(`Expected flow \`${flow.path}\` to be in a Distributed Map, found it in ${state.name}`);
  }
  const then = new Advancement(execution, { kind: 'execution-started', time: timestamp, seed: 0 });
  then.path = flow.path;
  return distributedMapPlan(state, then);
}

/** Whether the execution of that history still waits for the Map Run. */
export function waitsForMapRun(events: readonly HistoryEvent[], mapRunArn: string): boolean {
  const execution = events.reduce(apply, newExecution({} as ExecutionHeader));
  if (execution.end !== undefined) return false;
  return flowsOf(execution).some((flow) => {
    const waiting = waitingOf(flow);
    if (waiting?.for !== 'map-run') return false;
    const started = eventAt(events, waiting.eventId);
    return started.type === 'MapRunStarted' && started.details.mapRunArn === mapRunArn;
  });
}

/** What a Map state said of a Map Run that its execution, of that whole history, has started. */
export async function mapRunPlanOf(
  machine: Machine,
  header: ExecutionHeader,
  events: readonly HistoryEvent[],
  mapRunArn: string,
): Promise<MapRunPlan> {
  const started = events.find((event) => event.type === 'MapRunStarted' && event.details.mapRunArn === mapRunArn);
  if (started === undefined) throw new Error(`Expected ${header.executionArn} to have started ${mapRunArn}`);
  const execution = fold(header, events.slice(0, started.id));
  const flow = flowAt(execution, started.private?.flow ?? '');
  if (flow === undefined) throw new Error(`Expected the flow that started ${mapRunArn}, found none`);
  return planAt(started, { machine, execution, flow });
}

function task(eventId: number, { execution, events, flow, machine }: Place): readonly Command[] {
  const scheduled = eventAt(events, eventId);
  const state = stateOf(machine, execution, flow);
  if (state.type !== 'Task') throw new Error(`Expected a Task state to wait for event ${eventId}, found ${state.type}`);
  const { resource } = state;
  const later = events.slice(eventId).filter((event) => (event.private?.flow ?? '') === flow.path);
  if (resource.kind === 'activity') {
    if (scheduled.type !== 'ActivityScheduled' || later.some(({ type }) => type === 'ActivityStarted')) return [];
    const { activityArn } = resource;
    const { input } = scheduled.details;
    return [{ kind: 'offer-task', eventId, activityArn, taskToken: scheduled.private?.taskToken ?? '', input }];
  }
  const { details } = scheduled;
  const parameters = 'parameters' in details ? details.parameters : 'input' in details ? details.input : null;
  const credentials = 'taskCredentials' in details ? details.taskCredentials : undefined;
  const again = { kind: 'run-task', eventId, resource, parameters, ...(credentials && { credentials }) } as const;
  const answered = later.find((event) => event.type === 'TaskSubmitted');
  if (answered === undefined) return [again];
  // Whoever holds the token ends the task; a job has to be waited for.
  if (resource.kind === 'service' && resource.pattern === 'wait-for-task-token') return [];
  return [{ ...again, submitted: answered.details.output }];
}

function deadlines(waiting: Extract<Waiting, { for: 'task' }>, { events, time }: Place): readonly Command[] {
  const { eventId, timeoutSeconds, heartbeatSeconds, since } = waiting;
  const commands: Command[] = [];
  if (timeoutSeconds !== undefined) {
    const dueAt = since + timeoutSeconds * 1000;
    commands.push({ kind: 'await-time', dueAt, happening: { kind: 'task-timed-out', eventId } });
  }
  const offered = eventAt(events, eventId).type === 'ActivityScheduled' && since === eventAt(events, eventId).timestamp;
  if (heartbeatSeconds !== undefined && !offered) {
    const dueAt = time + heartbeatSeconds * 1000;
    commands.push({ kind: 'await-time', dueAt, happening: { kind: 'heartbeat-missed', eventId } });
  }
  return commands;
}

function stateOf(machine: Machine, execution: Execution, { path, position }: Flow) {
  const state = position.at === 'state' ? machineOf(machine, execution, path).states.get(position.name) : undefined;
  if (state === undefined) throw new Error(`Expected flow \`${path}\` to be in a state of the machine`);
  return state;
}

/** Events are numbered from 1 without gaps. */
function eventAt(events: readonly HistoryEvent[], eventId: number): HistoryEvent {
  const event = events[eventId - 1];
  if (event?.id !== eventId) throw new Error(`Expected event ${eventId} in the history, found ${event?.id}`);
  return event;
}
