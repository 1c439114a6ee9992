import { dataLimitExceeded, parametersTooLarge } from '../../asl/data-flow.ts';
import type { Failure } from '../../asl/failure.ts';
import { exceedsPayloadLimit, type Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { TaskResource } from '../../asl/task-resource.ts';
import type { Advancement } from '../advancement.ts';
import { exitWith } from '../exit.ts';
import type { TaskOutcome } from '../ports.ts';
import type { Work } from '../work.ts';

type TaskState = Extract<CompiledState, { type: 'Task' }>;

export async function enterTask(state: TaskState, advancement: Advancement): Promise<Work> {
  const { raw } = advancement.state;
  const { scope } = advancement;
  const input = state.flow.input(raw, scope);
  const parameters = await state.flow.parameters(input, scope);
  if (advancement.tooLarge(parameters)) return { kind: 'failed', failure: parametersTooLarge(state.name) };
  const { resource } = state;
  const timeoutInSeconds = await state.timeoutSeconds(input, scope);
  const timeout = timeoutInSeconds === undefined ? {} : { timeoutInSeconds };
  const eventId = schedule(resource, parameters, timeout, advancement);
  advancement.commands.push({ kind: 'run-task', eventId, resource, parameters });
  if (timeoutInSeconds !== undefined) {
    const dueAt = advancement.time + timeoutInSeconds * 1000;
    advancement.commands.push({ kind: 'await-time', dueAt, happening: { kind: 'task-timed-out', eventId } });
  }
  return { kind: 'waiting' };
}

function schedule(
  resource: TaskResource,
  parameters: Json,
  timeout: { readonly timeoutInSeconds?: number },
  advancement: Advancement,
): number {
  if (resource.kind === 'lambda-function') {
    const details = { resource: resource.functionArn, input: parameters, ...timeout };
    const id = advancement.emit('LambdaFunctionScheduled', details);
    advancement.emit('LambdaFunctionStarted', {});
    return id;
  }
  const { region } = advancement.execution.header;
  const id = advancement.emit('TaskScheduled', { ...named(resource), region, parameters, ...timeout });
  advancement.emit('TaskStarted', named(resource));
  return id;
}

/** The call was answered; what it began goes on. */
export function submitTask({ resource }: TaskState, advancement: Advancement, output: Json): Work {
  advancement.emit('TaskSubmitted', { ...named(resource), output });
  return { kind: 'waiting' };
}

export async function endTask(state: TaskState, advancement: Advancement, outcome: TaskOutcome): Promise<Work> {
  const { resource } = state;
  const ended = limited(resource, outcome);
  if (ended.kind === 'failed') return failed(resource, ended.failure, advancement);
  const { output } = ended;
  if (resource.kind === 'lambda-function') advancement.emit('LambdaFunctionSucceeded', { output });
  else advancement.emit('TaskSucceeded', { ...named(resource), output });
  return exitWith(state, advancement, output, { next: state.next, assign: state.assign });
}

/** The task has taken longer than it may. What it still gives is not waited for. */
export function timeOutTask(state: TaskState, advancement: Advancement): Work {
  return failed(state.resource, { error: 'States.Timeout' }, advancement, 'TimedOut');
}

/** A result over the payload limit is the task's failure, which Retry and Catch see. */
function limited(resource: TaskResource, outcome: TaskOutcome): TaskOutcome {
  if (outcome.kind === 'failed' || !exceedsPayloadLimit(JSON.stringify(outcome.output))) return outcome;
  const name = resource.kind === 'lambda-function' ? resource.functionArn : named(resource).resourceType;
  return { kind: 'failed', failure: dataLimitExceeded(name) };
}

function failed(
  resource: TaskResource,
  failure: Failure,
  advancement: Advancement,
  how: 'Failed' | 'TimedOut' = 'Failed',
): Work {
  const { path } = advancement;
  return {
    kind: 'failed',
    failure,
    event: (retry) => {
      const hidden = retry && { hidden: { retry: { flow: path, ...retry } } };
      return resource.kind === 'lambda-function'
        ? advancement.emit(`LambdaFunction${how}`, failure, hidden)
        : advancement.emit(`Task${how}`, { ...named(resource), ...failure }, hidden);
    },
  };
}

/** How the events of a service integration name it. */
function named(resource: TaskResource): { readonly resourceType: string; readonly resource: string } {
  if (resource.kind === 'service') return { resourceType: resource.service, resource: resource.resource };
  throw new Error(`Expected a service integration, got ${resource.kind}`);
}
