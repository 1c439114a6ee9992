import type { Failure } from '../asl/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';
import type { Permissions, TaskOutcome, TaskRequest, Tasks } from '../engine/ports.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import { type InvokeResult, REFUSALS } from '../functions/invoke-result.ts';

export interface LambdaTasksPorts {
  readonly functions: Pick<FunctionHost, 'invoke'>;
  readonly permissions: Permissions;
  readonly requestId: () => string;
  readonly now: () => number;
}

/** Runs the two Lambda integrations as the role of the state machine. */
export class LambdaTasks implements Tasks {
  readonly #ports: LambdaTasksPorts;

  constructor(ports: LambdaTasksPorts) {
    this.#ports = ports;
  }

  async run({ caller, resource, parameters }: TaskRequest): Promise<TaskOutcome> {
    if (resource.kind === 'lambda-function') {
      return this.#invoke(caller, resource.functionArn, parameters, (output) => output);
    }
    const invocation = readInvocation(parameters, caller);
    if ('error' in invocation) return { kind: 'failed', failure: invocation };
    return this.#invoke(caller, invocation.functionArn, invocation.payload, (payload, length) =>
      this.#invokeOutput(payload, length),
    );
  }

  async #invoke(
    caller: TaskRequest['caller'],
    functionArn: string,
    payload: Json,
    output: (payload: Json, length: number) => Json,
  ): Promise<TaskOutcome> {
    const check = this.#ports.permissions.check(caller, 'lambda:InvokeFunction', functionArn);
    if (check.kind === 'refused') return this.#refused('AWSLambdaException', check.message, 403);
    const result = await this.#ports.functions.invoke(functionArn, JSON.stringify(payload));
    if (result.kind === 'refused') return this.#refused(result.code, result.message, REFUSALS[result.code]);
    if (result.kind === 'error') return { kind: 'failed', failure: functionFailure(result) };
    const value = JSON.parse(result.payload) as Json;
    return { kind: 'succeeded', output: output(value, Buffer.byteLength(result.payload)) };
  }

  #refused(code: string, message: string, status: number): TaskOutcome {
    const cause = `${message} (Service: Lambda, Status Code: ${status}, Request ID: ${this.#ports.requestId()})`;
    return { kind: 'failed', failure: { error: `Lambda.${code}`, cause } };
  }

  /** What `lambda:invoke` gives around the payload: AWS passes the HTTP answer of the Invoke call on. */
  #invokeOutput(Payload: Json, length: number): JsonObject {
    const requestId = this.#ports.requestId();
    const headers: Readonly<Record<string, string>> = {
      Connection: 'keep-alive',
      'Content-Length': String(length),
      'Content-Type': 'application/json',
      Date: new Date(this.#ports.now()).toUTCString(),
      'X-Amz-Executed-Version': '$LATEST',
      'X-Amzn-Trace-Id': `Root=1-${requestId}`,
      'x-amzn-Remapped-Content-Length': '0',
      'x-amzn-RequestId': requestId,
    };
    return {
      ExecutedVersion: '$LATEST',
      Payload,
      SdkHttpMetadata: {
        AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
        HttpHeaders: headers,
        HttpStatusCode: 200,
      },
      SdkResponseMetadata: { RequestId: requestId },
      StatusCode: 200,
    };
  }
}

/** The failure of a function: its error type is the error's name, the whole payload the cause. */
function functionFailure({ payload }: Extract<InvokeResult, { kind: 'error' }>): Failure {
  const described = JSON.parse(payload) as Json;
  const errorType = isJsonObject(described) ? described.errorType : undefined;
  return { error: typeof errorType === 'string' ? errorType : 'Lambda.Unknown', cause: payload };
}

/**
 * The Parameters of `lambda:invoke`. FunctionName is a name of the state machine's own account and Region, or an ARN.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
function readInvocation(
  parameters: Json,
  { roleArn, region }: TaskRequest['caller'],
): { readonly functionArn: string; readonly payload: Json } | Required<Failure> {
  const failed = (cause: string) => ({ error: 'States.Runtime', cause });
  if (!isJsonObject(parameters)) return failed('Expected the Parameters of lambda:invoke to be an object');
  const { FunctionName, Payload = {}, ...others } = parameters;
  const [other] = Object.keys(others).filter(
    (name) => !(name === 'InvocationType' && others[name] === 'RequestResponse'),
  );
  if (other !== undefined) return failed(`The parameter '${other}' of lambda:invoke is not supported yet`);
  if (typeof FunctionName !== 'string') return failed('The parameter FunctionName of lambda:invoke must be a string');
  if (/^[\w-]+$/.test(FunctionName)) {
    const accountId = roleArn.split(':')[4] ?? '';
    return { functionArn: `arn:aws:lambda:${region}:${accountId}:function:${FunctionName}`, payload: Payload };
  }
  const functionArn = /^(arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+)(:\$LATEST)?$/.exec(FunctionName)?.[1];
  if (functionArn !== undefined) return { functionArn, payload: Payload };
  return failed(`Expected FunctionName to be a function name or an unqualified function ARN, got \`${FunctionName}\``);
}
