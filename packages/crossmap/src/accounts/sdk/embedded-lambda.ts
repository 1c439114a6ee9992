import type { Permissions, RoleCaller } from '../../engine/ports.ts';
import type { FunctionHost } from '../../functions/function-host.ts';
import { type InvokeResult, REFUSALS } from '../../functions/invoke-result.ts';
import { readFunctionName } from '../lambda-invocation.ts';
import { structure } from './hand-written.ts';
import type { SdkOperation, SdkResult, SdkService } from './sdk-operation.ts';

export interface EmbeddedLambdaPorts {
  readonly functions: Pick<FunctionHost, 'invoke'>;
  readonly permissions: Permissions;
  readonly requestId: () => string;
}

const TYPES = ['RequestResponse', 'Event'];

/** Lambda's Invoke. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function embeddedLambda(ports: EmbeddedLambdaPorts): SdkService {
  const invoke: SdkOperation = {
    input: structure(
      { FunctionName: 'text', InvocationType: 'text', Payload: { kind: 'blob' }, Qualifier: 'text' },
      ['FunctionName'],
      'Payload',
    ),
    output: structure({
      ExecutedVersion: 'text',
      FunctionError: 'text',
      Payload: { kind: 'blob' },
      StatusCode: 'number',
    }),
    call: (caller, input) => callInvoke(ports, caller, input),
  };
  return { serviceId: 'Lambda', knows: () => true, operation: (name) => (name === 'Invoke' ? invoke : undefined) };
}

async function callInvoke(
  ports: EmbeddedLambdaPorts,
  caller: RoleCaller,
  input: Readonly<Record<string, unknown>>,
): Promise<SdkResult> {
  const { FunctionName, InvocationType = 'RequestResponse', Payload = '{}', Qualifier } = input;
  const named = readFunctionName(String(FunctionName), caller);
  if (named === undefined) return invalid(ports, `'${FunctionName}' at 'functionName'`);
  if (!TYPES.includes(String(InvocationType))) return invalid(ports, `'${InvocationType}' at 'invocationType'`);
  const { functionArn } = named;
  const qualifier = Qualifier === undefined ? named.qualifier : String(Qualifier);
  const qualified = qualifier === '$LATEST' ? functionArn : `${functionArn}:${qualifier}`;
  const check = ports.permissions.check(caller, 'lambda:InvokeFunction', qualified);
  if (check.kind === 'refused') return refused(ports, { ...check, status: 403 });
  if (qualified !== functionArn) {
    const message = `Function not found: ${qualified}`;
    return refused(ports, { code: 'ResourceNotFoundException', message, status: 404 });
  }
  const running = ports.functions.invoke(functionArn, String(Payload));
  return InvocationType === 'Event' ? accepted(ports, running) : answered(ports, await running);
}

/** What Lambda refuses it refuses at once; an event that it takes is answered before the function has run. */
async function accepted(ports: EmbeddedLambdaPorts, running: Promise<InvokeResult>): Promise<SdkResult> {
  const taken = new Promise<undefined>((resolve) => {
    setImmediate(() => resolve(undefined));
  });
  const result = await Promise.race([running, taken]);
  return result?.kind === 'refused' ? answered(ports, result) : answer(ports, { StatusCode: 202 });
}

function answered(ports: EmbeddedLambdaPorts, result: InvokeResult): SdkResult {
  if (result.kind === 'refused') return refused(ports, { ...result, status: REFUSALS[result.code] });
  const { payload, executedVersion: ExecutedVersion } = result;
  const failed = result.kind === 'error' && { FunctionError: result.functionError };
  return answer(ports, { ExecutedVersion, ...failed, Payload: Buffer.from(payload), StatusCode: 200 });
}

interface InvokeOutput {
  readonly StatusCode: number;
  readonly ExecutedVersion?: string;
  readonly FunctionError?: string;
  readonly Payload?: Buffer;
}

function answer({ requestId }: EmbeddedLambdaPorts, output: InvokeOutput): SdkResult {
  const http = { status: output.StatusCode, headers: { 'x-amzn-requestid': requestId() } };
  return { kind: 'answer', output, http };
}

function invalid(ports: EmbeddedLambdaPorts, value: string): SdkResult {
  const message = `1 validation error detected: Value ${value} failed to satisfy constraint`;
  return refused(ports, { code: 'ValidationException', message, status: 400 });
}

/** Denials and invalid values are no errors of Lambda's own model. */
function refused(
  { requestId }: EmbeddedLambdaPorts,
  { code, message, status }: { readonly code: string; readonly message: string; readonly status: number },
): SdkResult {
  return { kind: 'error', code, modelled: Object.hasOwn(REFUSALS, code), message, status, requestId: requestId() };
}
