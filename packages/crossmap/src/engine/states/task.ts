import { dataLimitExceeded, parametersTooLarge } from '../../asl/data-flow.ts';
import type { Failure } from '../../asl/failure.ts';
import { exceedsPayloadLimit, type Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Advancement } from '../advancement.ts';
import type { TaskIntegration, TaskOutcome } from '../ports.ts';
import type { Work } from '../work.ts';

type TaskState = Extract<CompiledState, { type: 'Task' }>;

/** The optimised integration with Lambda, as its events name it. */
const LAMBDA_INVOKE = { resourceType: 'lambda', resource: 'invoke' } as const;

function integrationOf(resource: string): TaskIntegration {
  return resource.endsWith(':states:::lambda:invoke')
    ? { kind: 'lambda-invoke' }
    : { kind: 'lambda-function', functionArn: resource };
}

export function enterTask(state: TaskState, advancement: Advancement): Work {
  const { raw } = advancement.state;
  const { scope } = advancement;
  const input = state.flow.input(raw, scope);
  const parameters = state.flow.parameters(input, scope);
  if (advancement.tooLarge(parameters)) return { kind: 'failed', failure: parametersTooLarge(state.name) };
  const integration = integrationOf(state.resource);
  const timeoutInSeconds = state.timeoutSeconds(input, scope);
  const timeout = timeoutInSeconds === undefined ? {} : { timeoutInSeconds };
  const eventId = schedule(integration, parameters, timeout, advancement);
  advancement.commands.push({ kind: 'run-task', eventId, integration, parameters });
  if (timeoutInSeconds !== undefined) {
    const dueAt = advancement.time + timeoutInSeconds * 1000;
    advancement.commands.push({ kind: 'await-time', dueAt, happening: { kind: 'task-timed-out', eventId } });
  }
  return { kind: 'waiting' };
}

function schedule(
  integration: TaskIntegration,
  parameters: Json,
  timeout: { readonly timeoutInSeconds?: number },
  advancement: Advancement,
): number {
  if (integration.kind === 'lambda-function') {
    const details = { resource: integration.functionArn, input: parameters, ...timeout };
    const id = advancement.emit('LambdaFunctionScheduled', details);
    advancement.emit('LambdaFunctionStarted', {});
    return id;
  }
  const { region } = advancement.execution.header;
  const id = advancement.emit('TaskScheduled', { ...LAMBDA_INVOKE, region, parameters, ...timeout });
  advancement.emit('TaskStarted', LAMBDA_INVOKE);
  return id;
}

export function endTask(state: TaskState, advancement: Advancement, outcome: TaskOutcome): Work {
  const integration = integrationOf(state.resource);
  const ended = limited(integration, outcome);
  if (ended.kind === 'failed') return failed(integration, ended.failure, advancement);
  const { output } = ended;
  if (integration.kind === 'lambda-function') advancement.emit('LambdaFunctionSucceeded', { output });
  else advancement.emit('TaskSucceeded', { ...LAMBDA_INVOKE, output });
  const { raw } = advancement.state;
  const { scope } = advancement;
  const assigned = state.assign?.(output, scope);
  return {
    kind: 'exited',
    output: state.flow.output(raw, output, scope),
    next: state.next,
    ...(assigned && { assigned }),
  };
}

/** The task has taken longer than it may. What it still gives is not waited for. */
export function timeOutTask(state: TaskState, advancement: Advancement): Work {
  return failed(integrationOf(state.resource), { error: 'States.Timeout' }, advancement, 'TimedOut');
}

/** A result over the payload limit is the task's failure, which Retry and Catch see. */
function limited(integration: TaskIntegration, outcome: TaskOutcome): TaskOutcome {
  if (outcome.kind === 'failed' || !exceedsPayloadLimit(JSON.stringify(outcome.output))) return outcome;
  const name = integration.kind === 'lambda-function' ? integration.functionArn : LAMBDA_INVOKE.resourceType;
  return { kind: 'failed', failure: dataLimitExceeded(name) };
}

function failed(
  integration: TaskIntegration,
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
      return integration.kind === 'lambda-function'
        ? advancement.emit(`LambdaFunction${how}`, failure, hidden)
        : advancement.emit(`Task${how}`, { ...LAMBDA_INVOKE, ...failure }, hidden);
    },
  };
}
