import type { Failure } from '../asl/failure.ts';
import { isJsonObject, type Json } from '../asl/json.ts';
import type { Permissions, TaskOutcome, TaskRequest, Tasks } from '../engine/ports.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import { type InvokeResult, REFUSALS } from '../functions/invoke-result.ts';
import { type Invocation, readFunctionName, readInvocation } from './lambda-invocation.ts';
import { invokeOutput } from './lambda-output.ts';

export interface LambdaTasksPorts {
  readonly functions: Pick<FunctionHost, 'invoke'>;
  readonly permissions: Permissions;
  readonly requestId: () => string;
  readonly now: () => number;
}

/** What a function that ran gave. */
type Ran = Exclude<InvokeResult, { kind: 'refused' }>;
type Target = Omit<Invocation, 'type'>;
type Failed = Extract<TaskOutcome, { kind: 'failed' }>;

/** Runs the two Lambda integrations as the role of the state machine. */
export class LambdaTasks implements Tasks {
  readonly #ports: LambdaTasksPorts;

  constructor(ports: LambdaTasksPorts) {
    this.#ports = ports;
  }

  async run({ caller, resource, parameters }: TaskRequest): Promise<TaskOutcome> {
    if (resource.kind === 'lambda-function') return this.#runFunction(caller, resource.functionArn, parameters);
    const invocation = readInvocation(parameters, caller);
    return 'error' in invocation ? failed(invocation) : this.#runInvoke(caller, invocation);
  }

  /** The function's own text is the cause of its failure. */
  async #runFunction(caller: TaskRequest['caller'], functionArn: string, parameters: Json): Promise<TaskOutcome> {
    const named = readFunctionName(functionArn, caller);
    if (named === undefined) throw new Error(`Expected the ARN of a function, got ${functionArn}`);
    const ran = await this.#invoke(caller, { ...named, payload: JSON.stringify(parameters) });
    if (ran.kind === 'failed') return ran;
    if (ran.kind === 'error') return failed(functionFailure(ran.payload));
    return { kind: 'succeeded', output: JSON.parse(ran.payload) as Json };
  }

  /** The cause of a function's failure is its payload read and written again. */
  async #runInvoke(caller: TaskRequest['caller'], invocation: Invocation): Promise<TaskOutcome> {
    const running = this.#invoke(caller, invocation);
    // What Lambda refuses it refuses at once; an event that it takes is answered before the function has run.
    const ran = invocation.type === 'Event' ? await Promise.race([running, taken()]) : await running;
    if (ran.kind === 'failed') return ran;
    const answer = { requestId: this.#ports.requestId(), time: this.#ports.now() };
    if (invocation.type === 'Event')
      return { kind: 'succeeded', output: invokeOutput({ ...answer, status: 202, payload: '' }) };
    if (ran.kind === 'error') return failed(functionFailure(JSON.stringify(JSON.parse(ran.payload))));
    return { kind: 'succeeded', output: invokeOutput({ ...answer, status: 200, payload: ran.payload }) };
  }

  async #invoke(caller: TaskRequest['caller'], target: Target): Promise<Ran | Failed> {
    const refusal = this.#refusal(caller, target);
    if (refusal !== undefined) return refusal;
    const result = await this.#ports.functions.invoke(target.functionArn, target.payload, target.clientContext);
    return result.kind === 'refused' ? this.#refused(result.code, result.message, REFUSALS[result.code]) : result;
  }

  /** Why the service does not take the invocation, before it looks for the function. */
  #refusal(
    caller: TaskRequest['caller'],
    { functionArn, qualifier, payload, clientContext = '{}' }: Target,
  ): Failed | undefined {
    const qualified = qualifier === '$LATEST' ? functionArn : `${functionArn}:${qualifier}`;
    const check = this.#ports.permissions.check(caller, 'lambda:InvokeFunction', qualified);
    if (check.kind === 'refused') return this.#refused(check.code, check.message, 403, 'AWSLambdaException');
    if (qualifier !== '$LATEST') {
      return this.#refused('ResourceNotFoundException', `Function not found: ${qualified}`, 404);
    }
    const invalid = (message: string) => this.#refused('InvalidRequestContentException', message, 400);
    if (unreadable(clientContext) !== undefined)
      return invalid('Client context must be a valid Base64-encoded JSON object.');
    const why = unreadable(payload);
    return why === undefined ? undefined : invalid(`Could not parse request body into json: ${why}`);
  }

  /** In the words of version 1 of the SDK for Java, by which AWS calls Lambda (case test_no_such_function). */
  #refused(code: string, message: string, status: number, name = code): Failed {
    const request = `Request ID: ${this.#ports.requestId()}; Proxy: null`;
    const cause = `${message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; ${request})`;
    return failed({ error: `Lambda.${name}`, cause });
  }
}

function taken(): Promise<Ran> {
  return new Promise((resolve) => {
    setImmediate(() => resolve({ kind: 'returned', payload: '', executedVersion: '$LATEST' }));
  });
}

function failed(failure: Failure): Failed {
  return { kind: 'failed', failure };
}

function unreadable(payload: string): string | undefined {
  try {
    JSON.parse(payload);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The failure of a function: its error type is the error's name, its payload the cause. */
function functionFailure(payload: string): Failure {
  const described = JSON.parse(payload) as Json;
  const errorType = isJsonObject(described) ? described.errorType : undefined;
  if (typeof errorType === 'string') return { error: errorType, cause: payload };
  const unnamed = 'The cause could not be determined because Lambda did not return an error type.';
  return { error: 'Lambda.Unknown', cause: `${unnamed} Returned payload: ${payload}` };
}
