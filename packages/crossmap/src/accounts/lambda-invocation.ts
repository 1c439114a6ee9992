import type { Failure } from '../asl/failure.ts';
import { isJsonObject, type Json } from '../asl/json.ts';
import type { RoleCaller } from '../engine/ports.ts';

export interface Invocation extends FunctionName {
  /** What the function gets as its event: JSON text, if the caller gave JSON. */
  readonly payload: string;
  readonly type: 'RequestResponse' | 'Event';
  /** JSON text, if the caller gave JSON. */
  readonly clientContext?: string;
}

export interface FunctionName {
  /** Without version or alias. */
  readonly functionArn: string;
  /** A version, an alias, or `$LATEST`. */
  readonly qualifier: string;
}

const ARN = /^(arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+)(?::([\w$-]+))?$/;
const PARTIAL_ARN = /^(\d{12}):function:([\w-]+)(?::([\w$-]+))?$/;
const NAME = /^([\w-]+)(?::([\w$-]+))?$/;

/** A name is one of the caller's account and Region. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function readFunctionName(text: string, { roleArn, region }: RoleCaller): FunctionName | undefined {
  const [, functionArn, version = '$LATEST'] = ARN.exec(text) ?? [];
  if (functionArn !== undefined) return { functionArn, qualifier: version };
  const [, accountId, ofAccount, ofAccountVersion = '$LATEST'] = PARTIAL_ARN.exec(text) ?? [];
  const [, name = ofAccount, qualifier = ofAccountVersion] = NAME.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { functionArn: `arn:aws:lambda:${region}:${accountId ?? roleArn.split(':')[4]}:function:${name}`, qualifier };
}

const TYPES = ['RequestResponse', 'Event'] as const;

/**
 * The Parameters of `lambda:invoke`. A Payload of text is sent as it is, `null` is not sent, for which the function
 * gets `{}` (cases task-lambda test_invoke_json_values and test_invoke).
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function readInvocation(parameters: Json, caller: RoleCaller): Invocation | Required<Failure> {
  const failed = (cause: string) => ({ error: 'States.Runtime', cause });
  if (!isJsonObject(parameters)) return failed('Expected the Parameters of lambda:invoke to be an object');
  const {
    FunctionName,
    Payload = null,
    InvocationType = 'RequestResponse',
    Qualifier,
    ClientContext,
    ...others
  } = parameters;
  const [other] = Object.keys(others);
  if (other !== undefined) return failed(`The parameter '${other}' of lambda:invoke is not supported yet`);
  if (typeof FunctionName !== 'string') return failed('The parameter FunctionName of lambda:invoke must be a string');
  const named = readFunctionName(FunctionName, caller);
  if (named === undefined)
    return failed(`Expected FunctionName to be a function's name or ARN, got \`${FunctionName}\``);
  const type = TYPES.find((each) => each === InvocationType);
  if (type === undefined) return failed(`The InvocationType '${InvocationType}' of lambda:invoke is not supported yet`);
  return {
    functionArn: named.functionArn,
    qualifier: typeof Qualifier === 'string' ? Qualifier : named.qualifier,
    payload: payloadText(Payload),
    type,
    ...(typeof ClientContext === 'string' && { clientContext: Buffer.from(ClientContext, 'base64').toString() }),
  };
}

function payloadText(payload: Json): string {
  if (payload === null) return '{}';
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}
