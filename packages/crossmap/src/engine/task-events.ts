import type { Failure } from '../asl/failure.ts';
import type { Json } from '../asl/json.ts';
import type { TaskResource } from '../asl/task-resource.ts';
import type { Advancement } from './advancement.ts';
import type { PrivateDetails, TaskCredentials } from './history.ts';

/** How the events of a task are called and what they say depends on what its Resource names. */
export interface ScheduledTask {
  readonly parameters: Json;
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
  readonly taskCredentials?: TaskCredentials;
}

export interface FailedTask {
  /** Only an integration that goes on after its call can fail to be submitted. */
  readonly how: 'Failed' | 'SubmitFailed' | 'TimedOut';
  readonly failure: Failure;
}

/** Gives the id of the Scheduled event. A call starts at once, an activity when a worker takes it up. */
export function emitScheduled(
  resource: TaskResource,
  { parameters, heartbeatInSeconds, taskCredentials, ...timeout }: ScheduledTask,
  taskToken: string | undefined,
  advancement: Advancement,
): number {
  const hidden = taskToken === undefined ? {} : { hidden: { taskToken } };
  const heartbeat = heartbeatInSeconds === undefined ? {} : { heartbeatInSeconds };
  const acting = taskCredentials === undefined ? {} : { taskCredentials };
  switch (resource.kind) {
    case 'lambda-function': {
      const details = { resource: resource.functionArn, input: parameters, ...timeout, ...acting };
      const id = advancement.emit('LambdaFunctionScheduled', details);
      advancement.emit('LambdaFunctionStarted', {});
      return id;
    }
    case 'activity': {
      const details = { resource: resource.activityArn, input: parameters, ...timeout, ...heartbeat };
      return advancement.emit('ActivityScheduled', details, hidden);
    }
    case 'service': {
      const { region } = advancement.execution.header;
      const details = { ...named(resource), region, parameters, ...timeout, ...heartbeat, ...acting };
      const id = advancement.emit('TaskScheduled', details, hidden);
      advancement.emit('TaskStarted', named(resource));
      return id;
    }
  }
}

export function emitSubmitted(resource: TaskResource, output: Json, advancement: Advancement): void {
  if (resource.kind !== 'service') throw new Error(`Expected a service integration, got ${resource.kind}`);
  advancement.emit('TaskSubmitted', { ...named(resource), output });
}

export function emitSucceeded(resource: TaskResource, output: Json, advancement: Advancement): void {
  switch (resource.kind) {
    case 'lambda-function':
      advancement.emit('LambdaFunctionSucceeded', { output });
      return;
    case 'activity':
      advancement.emit('ActivitySucceeded', { output });
      return;
    case 'service':
      advancement.emit('TaskSucceeded', { ...named(resource), output });
  }
}

/** Gives the id of the event. */
export function emitFailed(
  resource: TaskResource,
  { how, failure }: FailedTask,
  retry: { readonly hidden: PrivateDetails } | undefined,
  advancement: Advancement,
): number {
  if (resource.kind === 'service') return advancement.emit(`Task${how}`, { ...named(resource), ...failure }, retry);
  if (how === 'SubmitFailed') throw new Error(`Expected a service integration, got ${resource.kind}`);
  const kind = resource.kind === 'activity' ? 'Activity' : 'LambdaFunction';
  return advancement.emit(`${kind}${how}`, failure, retry);
}

type Service = Extract<TaskResource, { kind: 'service' }>;

function named({ service, resource }: Service): { readonly resourceType: string; readonly resource: string } {
  return { resourceType: service, resource };
}
