import type { RoleCaller } from '../../engine/ports.ts';
import type { Authorizer } from '../../iam/evaluate.ts';
import type { Accounts } from '../accounts.ts';
import { IAM_ERRORS, IamError } from '../identities/iam-error.ts';
import { assumeRole, callerIdentity, type StsCaller } from '../sts.ts';
import { structure } from './hand-written.ts';
import type { SdkOperation, SdkResult, SdkService } from './sdk-operation.ts';

export interface EmbeddedStsPorts {
  readonly accounts: Accounts;
  readonly authorizer: Authorizer;
  readonly requestId: () => string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** STS for the role of a state machine. https://docs.aws.amazon.com/STS/latest/APIReference */
export function embeddedSts(ports: EmbeddedStsPorts): SdkService {
  const operations: Readonly<Record<string, SdkOperation>> = {
    AssumeRole: {
      input: structure(
        { RoleArn: 'text', RoleSessionName: 'text', ExternalId: 'text', DurationSeconds: 'number', Policy: 'text' },
        ['RoleArn', 'RoleSessionName'],
      ),
      output: structure({
        AssumedRoleUser: structure({ AssumedRoleId: 'text', Arn: 'text' }),
        Credentials: structure({
          AccessKeyId: 'text',
          Expiration: 'timestamp',
          SecretAccessKey: 'text',
          SessionToken: 'text',
        }),
        PackedPolicySize: 'number',
      }),
      call: async (caller, input) => answer(ports, () => assumed(ports, stsCaller(ports, caller), input)),
    },
    GetCallerIdentity: {
      input: structure({}),
      output: structure({ Account: 'text', Arn: 'text', UserId: 'text' }),
      call: async (caller) =>
        answer(ports, () => {
          const { account, arn, userId } = callerIdentity(stsCaller(ports, caller).caller.principal);
          return { Account: account, Arn: arn, UserId: userId };
        }),
    },
  };
  return {
    serviceId: 'STS',
    knows: () => true,
    operation: (name) => (Object.hasOwn(operations, name) ? operations[name] : undefined),
  };
}

function stsCaller({ accounts }: EmbeddedStsPorts, { roleArn, sessionName, region }: RoleCaller): StsCaller {
  return { caller: accounts.callerForRole(roleArn, sessionName), region };
}

function assumed(ports: EmbeddedStsPorts, caller: StsCaller, input: Readonly<Record<string, unknown>>): object {
  const { arn, assumedRoleId, credentials, packedPolicySize } = assumeRole(ports, caller, {
    roleArn: String(input.RoleArn),
    roleSessionName: String(input.RoleSessionName),
    ...(typeof input.ExternalId === 'string' && { externalId: input.ExternalId }),
    ...(typeof input.DurationSeconds === 'number' && { durationSeconds: input.DurationSeconds }),
    ...(typeof input.Policy === 'string' && { policy: input.Policy }),
  });
  return {
    AssumedRoleUser: { AssumedRoleId: assumedRoleId, Arn: arn },
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      Expiration: new Date(credentials.expiration),
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
    },
    ...(packedPolicySize !== undefined && { PackedPolicySize: packedPolicySize }),
  };
}

function answer({ requestId }: EmbeddedStsPorts, output: () => object): SdkResult {
  try {
    const http = { status: 200, headers: { 'x-amzn-requestid': requestId() } };
    return { kind: 'answer', output: output(), http };
  } catch (error) {
    if (!(error instanceof IamError)) throw error;
    const { code, message } = error;
    return { kind: 'error', code, modelled: false, message, status: IAM_ERRORS[code], requestId: requestId() };
  }
}
