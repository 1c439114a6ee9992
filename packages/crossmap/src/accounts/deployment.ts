import type { JsonObject } from '../asl/json.ts';
import type { LoggingConfiguration } from '../engine/ports.ts';
import type { BucketEncryption, BucketSettings } from '../s3/bucket-settings.ts';

/** Where a stack lives: a 12-digit account id and a Region of the `aws` partition. */
export interface Environment {
  readonly accountId: string;
  readonly region: string;
}

export interface BucketResource extends Environment {
  readonly bucketName: string;
  /** Absent: SSE-S3. */
  readonly encryption?: BucketEncryption;
  /** What is to be set of the others. */
  readonly settings?: Pick<BucketSettings, 'publicAccessBlock' | 'objectOwnership' | 'versioning' | 'tags'>;
}

export interface BucketPolicyResource {
  readonly bucketName: string;
  readonly policy: JsonObject;
}

/** An inline policy. */
export interface RolePolicy {
  readonly name: string;
  readonly document: JsonObject;
}

export interface RoleResource {
  readonly roleArn: string;
  readonly roleName: string;
  /** `/` unless the template says otherwise; part of the ARN. */
  readonly path: string;
  readonly accountId: string;
  readonly trustPolicy: JsonObject;
  readonly policies: readonly RolePolicy[];
  /** Policies that AWS manages, and those of the assembly. */
  readonly managedPolicyArns: readonly string[];
  readonly description: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly tags: Readonly<Record<string, string>>;
  /** ARN of a managed policy, as are those above. */
  readonly permissionsBoundary?: string;
}

/** A customer managed policy. */
export interface ManagedPolicyResource {
  readonly accountId: string;
  readonly policyName: string;
  /** `/` unless the template says otherwise; part of the ARN. */
  readonly path: string;
  readonly description: string;
  readonly document: JsonObject;
}

export interface FunctionResource extends Environment {
  readonly functionArn: string;
  readonly functionName: string;
  readonly roleArn: string;
  /** `nodejs` followed by a version, as the template names it. */
  readonly runtime: string;
  readonly handler: string;
  /** Absolute path of the folder that holds the code. */
  readonly codeDirectory: string;
  readonly timeoutSeconds: number;
  readonly memorySizeMb: number;
  readonly logGroupName: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface KeyResource extends Environment {
  readonly keyId: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent: the policies of its account decide. */
  readonly policy?: JsonObject;
}

export interface KeyAliasResource extends Environment {
  /** With `alias/`. */
  readonly aliasName: string;
  /** The id or the ARN of a key of the same account and Region. */
  readonly targetKeyId: string;
}

export interface LogGroupResource extends Environment {
  /** Without the `:*` that `Fn::GetAtt` adds. */
  readonly logGroupArn: string;
  readonly logGroupName: string;
}

export interface StateMachineResource extends Environment {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly roleArn: string;
  /** JSON text, references resolved and substitutions made; not validated as Amazon States Language. */
  readonly definition: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** Absent: nothing is logged. */
  readonly loggingConfiguration?: LoggingConfiguration;
}

/**
 * What a cloud assembly is deployed into. Called in dependency order, one call at a time; a name is the same at every
 * load of the same assembly, so that a call may meet what an earlier load created. A call rejects when the service
 * refuses; the caller adds stack, logical id and construct path to its message.
 */
export interface Deployment {
  createBucket(bucket: BucketResource): Promise<void>;
  putBucketPolicy(policy: BucketPolicyResource): Promise<void>;
  createManagedPolicy(policy: ManagedPolicyResource): Promise<void>;
  createRole(role: RoleResource): Promise<void>;
  putRolePolicy(policy: RolePolicy & { readonly roleArn: string }): Promise<void>;
  attachRolePolicy(policy: { readonly roleArn: string; readonly policyArn: string }): Promise<void>;
  createFunction(lambda: FunctionResource): Promise<void>;
  createKey(key: KeyResource): Promise<void>;
  createKeyAlias(alias: KeyAliasResource): Promise<void>;
  createLogGroup(logGroup: LogGroupResource): Promise<void>;
  createStateMachine(stateMachine: StateMachineResource): Promise<void>;
}
