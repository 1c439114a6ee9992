import type { Permissions, RoleCaller } from '../../engine/ports.ts';
import type { FunctionHost } from '../../functions/function-host.ts';
import { type InvokeResult, REFUSALS } from '../../functions/invoke-result.ts';
import { structure } from './hand-written.ts';
import type { SdkOperation, SdkResult, SdkService } from './sdk-operation.ts';

export interface EmbeddedLambdaPorts {
  readonly functions: Pick<FunctionHost, 'invoke'>;
  readonly permissions: Permissions;
  readonly requestId: () => string;
}

/** Lambda's Invoke for who awaits the answer. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function embeddedLambda(ports: EmbeddedLambdaPorts): SdkService {
  const invoke: SdkOperation = {
    input: structure(
      { FunctionName: 'text', InvocationType: 'text', Payload: { kind: 'blob' } },
      ['FunctionName'],
      'Payload',
    ),
    output: structure({
      ExecutedVersion: 'text',
      FunctionError: 'text',
      Payload: { kind: 'blob' },
      StatusCode: 'number',
    }),
    call: async (caller, { FunctionName, InvocationType = 'RequestResponse', Payload = Buffer.from('{}') }) => {
      if (InvocationType !== 'RequestResponse') {
        const message = `The InvocationType ${String(InvocationType)} is not supported by Crossmap`;
        return refused(ports, { code: 'InvalidParameterValueException', message, status: 400 });
      }
      const functionArn = functionArnOf(String(FunctionName), caller);
      const check = ports.permissions.check(caller, 'lambda:InvokeFunction', functionArn);
      if (check.kind === 'refused') return refused(ports, { ...check, status: 403 });
      return answered(ports, await ports.functions.invoke(functionArn, (Payload as Buffer).toString('utf8')));
    },
  };
  return { serviceId: 'Lambda', operation: (name) => (name === 'Invoke' ? invoke : undefined) };
}

/** The function of that name in the account and Region of the caller, or of that ARN. */
function functionArnOf(name: string, { roleArn, region }: RoleCaller): string {
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${roleArn.split(':')[4] ?? ''}:function:${name}`;
}

function answered(ports: EmbeddedLambdaPorts, result: InvokeResult): SdkResult {
  if (result.kind === 'refused') return refused(ports, { ...result, status: REFUSALS[result.code] });
  const { payload, executedVersion: ExecutedVersion } = result;
  const failed = result.kind === 'error' && { FunctionError: result.functionError };
  const output = { ExecutedVersion, ...failed, Payload: Buffer.from(payload), StatusCode: 200 };
  return { kind: 'answer', output, http: { status: 200, headers: { 'x-amzn-requestid': ports.requestId() } } };
}

/** A denial is no error of Lambda's own model. */
function refused(
  { requestId }: EmbeddedLambdaPorts,
  { code, message, status }: { readonly code: string; readonly message: string; readonly status: number },
): SdkResult {
  return { kind: 'error', code, modelled: code !== 'AccessDeniedException', message, status, requestId: requestId() };
}
