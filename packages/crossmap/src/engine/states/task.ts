import { dataLimitExceeded, parametersTooLarge } from '../../asl/data-flow.ts';
import type { Failure } from '../../asl/failure.ts';
import { exceedsPayloadLimit, type Json } from '../../asl/json.ts';
import type { CompiledState } from '../../asl/machine.ts';
import type { Work } from '../advance.ts';
import type { Advancement } from '../advancement.ts';
import type { TaskIntegration, TaskOutcome } from '../ports.ts';

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
  const parameters = state.flow.parameters(state.flow.input(raw, scope), scope);
  if (advancement.tooLarge(parameters)) return { kind: 'failed', failure: parametersTooLarge(state.name) };
  const integration = integrationOf(state.resource);
  const scheduledEventId = schedule(integration, parameters, advancement);
  advancement.commands.push({ kind: 'run-task', scheduledEventId, integration, parameters });
  return { kind: 'waiting' };
}

function schedule(integration: TaskIntegration, parameters: Json, advancement: Advancement): number {
  if (integration.kind === 'lambda-function') {
    const details = { resource: integration.functionArn, input: parameters };
    const id = advancement.emit('LambdaFunctionScheduled', details);
    advancement.emit('LambdaFunctionStarted', {});
    return id;
  }
  const { region } = advancement.execution.header;
  const id = advancement.emit('TaskScheduled', { ...LAMBDA_INVOKE, region, parameters });
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
  return { kind: 'exited', output: state.flow.output(raw, output, advancement.scope), next: state.next };
}

/** A result over the payload limit is the task's failure, which Retry and Catch see. */
function limited(integration: TaskIntegration, outcome: TaskOutcome): TaskOutcome {
  if (outcome.kind === 'failed' || !exceedsPayloadLimit(JSON.stringify(outcome.output))) return outcome;
  const name = integration.kind === 'lambda-function' ? integration.functionArn : LAMBDA_INVOKE.resourceType;
  return { kind: 'failed', failure: dataLimitExceeded(name) };
}

function failed(integration: TaskIntegration, failure: Failure, advancement: Advancement): Work {
  return {
    kind: 'failed',
    failure,
    event: (retry) =>
      integration.kind === 'lambda-function'
        ? advancement.emit('LambdaFunctionFailed', failure, retry && { hidden: { retry } })
        : advancement.emit('TaskFailed', { ...LAMBDA_INVOKE, ...failure }, retry && { hidden: { retry } }),
  };
}
