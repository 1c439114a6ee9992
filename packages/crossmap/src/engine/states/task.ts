import { DataFlowFailure, dataLimitExceeded, parametersTooLarge, unfitParameters } from '../../asl/data-flow.ts';
import type { Failure } from '../../asl/failure.ts';
import { exceedsPayloadLimit, type Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Scope } from '../../asl/scope.ts';
import type { TaskResource } from '../../asl/task-resource.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { TaskCredentials } from '../history.ts';
import type { Happening } from '../occurrence.ts';
import type { TaskOutcome } from '../ports.ts';
import { emitFailed, emitScheduled, emitSubmitted, emitSucceeded, type FailedTask } from '../task-events.ts';
import { drawTaskToken } from '../task-token.ts';
import type { FailedEvent, Work } from '../work.ts';

type TaskState = Extract<CompiledState, { type: 'Task' }>;
type FailedWork = Extract<Work, { kind: 'failed' }> & { readonly event: FailedEvent };

export async function enterTask(state: TaskState, advancement: Advancement): Promise<Work> {
  const { resource } = state;
  const taskToken = hasToken(resource)
    ? drawTaskToken(advancement.execution.header.executionArn, () => advancement.random())
    : undefined;
  const scope = advancement.scopeWith(taskToken);
  const input = state.flow.input(advancement.state.raw, scope);
  const parameters = await state.flow.parameters(input, scope);
  if (advancement.tooLarge(parameters)) return { kind: 'failed', failure: parametersTooLarge(state.name) };
  const timeoutInSeconds = await state.timeoutSeconds(input, scope);
  const heartbeatInSeconds = await state.heartbeatSeconds(input, scope);
  const taskCredentials = await credentials(state, input, scope);
  if (resource.kind === 'activity' && !advancement.hasActivity(resource.activityArn)) {
    throw new DataFlowFailure('States.Runtime', `The activity ${resource.activityArn} does not exist.`);
  }
  if (resource.kind === 'service') {
    const problems = await advancement.parameterProblems(resource, parameters);
    if (problems.length > 0)
      return { kind: 'failed', failure: unfitParameters(advancement.state, parameters, problems) };
  }
  const details = {
    ...(timeoutInSeconds !== undefined && { timeoutInSeconds }),
    ...(heartbeatInSeconds !== undefined && { heartbeatInSeconds }),
    ...(taskCredentials !== undefined && { taskCredentials }),
  };
  const eventId = emitScheduled(resource, { parameters, ...details }, taskToken, advancement);
  if (resource.kind === 'activity') {
    const { activityArn } = resource;
    advancement.commands.push({
      kind: 'offer-task',
      eventId,
      activityArn,
      taskToken: taskToken ?? '',
      input: parameters,
    });
  } else {
    const acting = taskCredentials === undefined ? {} : { credentials: taskCredentials };
    advancement.commands.push({ kind: 'run-task', eventId, resource, parameters, ...acting });
    awaitTime(advancement, heartbeatInSeconds, { kind: 'heartbeat-missed', eventId });
  }
  awaitTime(advancement, timeoutInSeconds, { kind: 'task-timed-out', eventId });
  return { kind: 'waiting' };
}

/** What can be ended from outside: activities, and integrations that do not end with the answer of their call. */
function hasToken(resource: TaskResource): boolean {
  return resource.kind === 'activity' || (resource.kind === 'service' && resource.pattern !== 'request-response');
}

async function credentials(state: TaskState, input: Json, scope: Scope): Promise<TaskCredentials | undefined> {
  const roleArn = await state.credentials?.(input, scope);
  if (roleArn === undefined) return undefined;
  if (typeof roleArn === 'string') return { roleArn };
  const found = JSON.stringify(roleArn);
  throw new DataFlowFailure('States.Runtime', `Expected the RoleArn of Credentials to be a string, got ${found}`);
}

function awaitTime(advancement: Advancement, seconds: number | undefined, happening: Happening): void {
  if (seconds === undefined) return;
  advancement.commands.push({ kind: 'await-time', dueAt: advancement.time + seconds * 1000, happening });
}

/** A worker has taken up the task: from now on it has its whole time, and is to send heartbeats. */
export function startActivity(
  advancement: Advancement,
  { eventId, workerName }: { readonly eventId: number; readonly workerName?: string },
): Work {
  advancement.emit('ActivityStarted', workerName === undefined ? {} : { workerName });
  const { waiting } = advancement.state;
  if (waiting?.for === 'task') {
    awaitTime(advancement, waiting.timeoutSeconds, { kind: 'task-timed-out', eventId });
    awaitTime(advancement, waiting.heartbeatSeconds, { kind: 'heartbeat-missed', eventId });
  }
  return { kind: 'waiting' };
}

/**
 * The call was answered, which ends a task of the request-response pattern only. What a job or the holder of the token
 * has still to do goes on.
 */
export function submitTask({ resource }: TaskState, advancement: Advancement, output: Json): Work {
  emitSubmitted(resource, output, advancement);
  return { kind: 'waiting' };
}

/** Nothing was begun (seen on AWS: https://github.com/ASFHyP3/hyp3/pull/805). */
export function failSubmit({ resource }: TaskState, advancement: Advancement, failure: Failure): Work {
  return failed(resource, { how: 'SubmitFailed', failure }, advancement);
}

export async function endTask(state: TaskState, advancement: Advancement, outcome: TaskOutcome): Promise<Work> {
  const { resource } = state;
  const ended = limited(resource, outcome);
  if (ended.kind === 'failed') return failed(resource, { how: 'Failed', failure: ended.failure }, advancement);
  const { output } = ended;
  emitSucceeded(resource, output, advancement);
  return exitWith(state, advancement, output, { next: state.next, assign: state.assign });
}

const TIMED_OUT: FailedTask = { how: 'TimedOut', failure: { error: 'States.Timeout' } };

/** The task has taken longer than it may. What it still gives is not waited for. */
export function timeOutTask(state: TaskState, advancement: Advancement): FailedWork {
  return failed(state.resource, TIMED_OUT, advancement);
}

/** AWS shows a missed heartbeat as a time-out (recorded); Retry and Catch can tell it apart. */
export function missHeartbeat(state: TaskState, advancement: Advancement): Work {
  return { ...failed(state.resource, TIMED_OUT, advancement), handledAs: 'States.HeartbeatTimeout' };
}

/** A result over the payload limit is the task's failure, which Retry and Catch see. */
function limited(resource: TaskResource, outcome: TaskOutcome): TaskOutcome {
  if (outcome.kind === 'failed' || !exceedsPayloadLimit(JSON.stringify(outcome.output))) return outcome;
  return { kind: 'failed', failure: dataLimitExceeded(nameOf(resource)) };
}

function nameOf(resource: TaskResource): string {
  switch (resource.kind) {
    case 'lambda-function':
      return resource.functionArn;
    case 'activity':
      return resource.activityArn;
    case 'service':
      return resource.service;
  }
}

function failed(resource: TaskResource, task: FailedTask, advancement: Advancement): FailedWork {
  const { path } = advancement;
  const event: FailedEvent = (retry) =>
    emitFailed(resource, task, retry && { hidden: { retry: { flow: path, ...retry } } }, advancement);
  return { kind: 'failed', failure: task.failure, event };
}
