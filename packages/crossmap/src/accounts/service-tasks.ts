import { isJsonObject, type Json } from '../asl/json.ts';
import type { TaskResource } from '../asl/task-resource.ts';
import type {
  ConnectedResource,
  RoleCaller,
  TaskOutcome,
  TaskParameters,
  TaskRequest,
  TaskSubmitted,
  Tasks,
} from '../engine/ports.ts';
import type { NestedExecutions } from './nested-executions.ts';
import { callOptimised, OPTIMISED_RULES, type OptimisedNames } from './sdk/optimised-call.ts';
import type { SdkService } from './sdk/sdk-operation.ts';
import { problemsOf, runSdkTask, SDK_RULES, templateProblemsOf } from './sdk/sdk-tasks.ts';
import { stepFunctionsName } from './sdk/shape.ts';

export interface ServiceTasksPorts {
  /** Lambda functions and `lambda:invoke`. */
  readonly lambda: Tasks;
  readonly nestedExecutions: NestedExecutions;
  /** A service by its name in `aws-sdk` integrations; `undefined` when there is none here. */
  readonly service: (name: string) => Promise<SdkService | undefined>;
}

/** The optimised integrations of services at configured endpoints, by their name in resources. */
const OPTIMISED: Readonly<Record<string, OptimisedNames & { readonly client: string }>> = {
  dynamodb: { client: 'dynamodb', prefix: 'DynamoDB', service: 'AmazonDynamoDBv2', metadata: true },
  events: { client: 'eventbridge', prefix: 'EventBridge', service: 'AmazonEventBridge', metadata: false },
  sns: { client: 'sns', prefix: 'SNS', service: 'AmazonSNS', metadata: true },
  sqs: { client: 'sqs', prefix: 'SQS', service: 'AmazonSQS', metadata: true },
};

/** What resources may name when these services have endpoints: their AWS SDK and their optimised integrations. */
export function routedServices(services: Iterable<string>): ReadonlySet<string> {
  const routed = new Set<string>();
  for (const service of services) {
    routed.add(`aws-sdk:${service}`);
    for (const [name, { client }] of Object.entries(OPTIMISED)) if (client === service) routed.add(name);
  }
  return routed;
}

/** Runs the tasks that call a service, each as the role of its state machine. */
export class ServiceTasks implements Tasks, TaskParameters {
  readonly #ports: ServiceTasksPorts;

  constructor(ports: ServiceTasksPorts) {
    this.#ports = ports;
  }

  async run(request: TaskRequest): Promise<TaskOutcome | TaskSubmitted> {
    const { caller, resource, parameters, submitted } = request;
    const { lambda, nestedExecutions } = this.#ports;
    if (resource.kind !== 'service' || resource.service === 'lambda') return lambda.run(request);
    const { service, action, pattern } = resource;
    if (service === 'states') {
      if (isJsonObject(submitted) && (pattern === 'sync' || pattern === 'sync:2')) {
        return nestedExecutions.takeUp(caller, submitted, pattern);
      }
      return pattern === 'sync' || pattern === 'sync:2'
        ? nestedExecutions.startAndWait(caller, parameters, pattern)
        : nestedExecutions.start(caller, parameters);
    }
    if (service.startsWith('aws-sdk:')) {
      const called = await this.#service(service.slice('aws-sdk:'.length));
      return runSdkTask(called, action, caller, parameters);
    }
    return this.#optimised(service, action, caller, parameters);
  }

  async problems(resource: ConnectedResource, parameters: Json): Promise<readonly string[]> {
    const called = await this.#called(resource);
    return called === undefined ? [] : problemsOf(called.service, called.action, parameters, called.rules);
  }

  /** Whether the action of a resource can be called here, or AWS has it at all. */
  async offers(resource: TaskResource): Promise<'here' | 'elsewhere' | 'nowhere'> {
    const called = await this.#called(resource);
    if (called === undefined) return 'here';
    const name = stepFunctionsName(called.action);
    if (called.service.operation(name) !== undefined) return 'here';
    return called.service.knows(name) ? 'elsewhere' : 'nowhere';
  }

  /** What is wrong with parameters as a definition has them, before anything in them is evaluated. */
  async templateProblems(resource: TaskResource, template: Json): Promise<readonly string[]> {
    const called = await this.#called(resource);
    return called === undefined ? [] : templateProblemsOf(called.service, called.action, template);
  }

  /** The service whose API says what the parameters of a resource are; `undefined` where none here does. */
  async #called(resource: TaskResource) {
    if (resource.kind !== 'service') return undefined;
    const { service: name, action } = resource;
    const sdk = name.startsWith('aws-sdk:');
    const client = sdk ? name.slice('aws-sdk:'.length) : name === 'states' ? 'sfn' : OPTIMISED[name]?.client;
    const service = client === undefined ? undefined : await this.#ports.service(client);
    return service && { service, action, rules: sdk ? SDK_RULES : OPTIMISED_RULES };
  }

  async #optimised(service: string, action: string, caller: RoleCaller, parameters: Json): Promise<TaskOutcome> {
    const names = OPTIMISED[service];
    if (names === undefined) throw new Error(`Expected an integration that a definition may name, got ${service}`);
    const outcome = await callOptimised(await this.#service(names.client), names, { action, caller, parameters });
    // Of what was sent together some may have failed (cases task-events).
    const failedEntries = outcome.kind === 'succeeded' ? (outcome.output.FailedEntryCount ?? 0) : 0;
    if (outcome.kind === 'failed' || failedEntries === 0) return outcome;
    const failure = { error: `${names.prefix}.FailedEntry`, cause: JSON.stringify(outcome.output) };
    return { kind: 'failed', failure };
  }

  async #service(name: string): Promise<SdkService> {
    const service = await this.#ports.service(name);
    if (service === undefined) throw new Error(`Expected a service that a definition may name, got ${name}`);
    return service;
  }
}
