import type { TemporaryCredentials } from '../../accounts/credentials.ts';
import { assumeRole, callerIdentity, type StsCaller, type StsPorts, sessionToken } from '../../accounts/sts.ts';
import { type Form, integer, optional, readForm, required, tags, texts } from '../query/form.ts';
import type { QueryApi } from '../query/query-api.ts';
import type { XmlValue } from '../query/xml.ts';

type StsOperation = (form: Form, from: StsCaller, ports: StsPorts) => { readonly [name: string]: XmlValue };

/** STS. https://docs.aws.amazon.com/STS/latest/APIReference */
export function stsApi(ports: Omit<StsPorts, 'authorizer'>): QueryApi {
  return {
    signedFor: 'sts',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    has: (operation) => stsOperations.has(operation),
    answer: ({ operation, form, ...from }, authorizer) =>
      stsOperations.get(operation)?.(form, from, { ...ports, authorizer }),
  };
}

/** What a member must be is checked where the operation is, which other callers have too. */
const ANY = {};

/** The operations of STS that are here, by name. */
export const stsOperations: ReadonlyMap<string, StsOperation> = new Map<string, StsOperation>([
  [
    'AssumeRole',
    (form, from, ports) => {
      const input = readForm('AssumeRole', form, {
        RoleArn: required(ANY),
        RoleSessionName: required(ANY),
        ExternalId: optional(ANY),
        DurationSeconds: integer(-2_147_483_648, 2_147_483_647),
        Policy: optional(ANY),
        PolicyArns: texts(ANY, 'arn'),
        Tags: tags,
        TransitiveTagKeys: texts(ANY),
      });
      const assumed = assumeRole(ports, from, {
        roleArn: input.RoleArn,
        roleSessionName: input.RoleSessionName,
        externalId: input.ExternalId,
        durationSeconds: input.DurationSeconds,
        policy: input.Policy,
        policyArns: input.PolicyArns,
        tags: input.Tags,
        transitiveTagKeys: input.TransitiveTagKeys,
      });
      return {
        AssumedRoleUser: { AssumedRoleId: assumed.assumedRoleId, Arn: assumed.arn },
        Credentials: shown(assumed.credentials),
        PackedPolicySize: assumed.packedPolicySize,
      };
    },
  ],
  [
    'GetCallerIdentity',
    (form, { caller }) => {
      readForm('GetCallerIdentity', form, {});
      const { account, arn, userId } = callerIdentity(caller.principal);
      return { Arn: arn, UserId: userId, Account: account };
    },
  ],
  [
    'GetSessionToken',
    (form, from, ports) => {
      const { DurationSeconds } = readForm('GetSessionToken', form, {
        DurationSeconds: integer(-2_147_483_648, 2_147_483_647),
      });
      return { Credentials: shown(sessionToken(ports, from, DurationSeconds)) };
    },
  ],
]);

function shown({ accessKeyId, secretAccessKey, sessionToken, expiration }: TemporaryCredentials): XmlValue {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiration),
  };
}
