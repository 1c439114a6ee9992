import type { FunctionHost } from '../functions/function-host.ts';
import type { PrincipalIds } from '../iam/policy.ts';
import type { BucketSettings } from '../s3/bucket-settings.ts';
import type { Accounts } from './accounts.ts';
import type {
  BucketPolicyResource,
  BucketResource,
  Deployment,
  FunctionResource,
  KeyAliasResource,
  KeyResource,
  LogGroupResource,
  ManagedPolicyResource,
  RolePolicy,
  RoleResource,
  StateMachineResource,
} from './deployment.ts';
import type { FunctionCode } from './function-code.ts';
import type { FunctionSessions } from './function-sessions.ts';
import { createPolicy } from './identities/customer-policies.ts';
import type { Kms } from './kms/kms.ts';
import type { LogGroups } from './log-groups.ts';

/** The parts of the embedded cloud that a stack deploys into; buckets and state machines live in other layers. */
export interface EmbeddedCloud {
  readonly accounts: Accounts;
  readonly functions: FunctionHost;
  readonly functionCode: FunctionCode;
  readonly functionSessions: FunctionSessions;
  readonly buckets: {
    createBucket(bucket: BucketResource): Promise<void>;
    /** `principalIds` tells the users and roles that the policy may name; without it those that are there. */
    putBucketPolicy(bucketName: string, policy: string, principalIds?: PrincipalIds): Promise<void>;
    putBucketSettings(bucketName: string, settings: Omit<BucketSettings, 'policy' | 'encryption'>): Promise<void>;
  };
  readonly kms: Kms;
  readonly logGroups: LogGroups;
  readonly stateMachines: {
    deploy(stateMachine: StateMachineResource): Promise<unknown>;
  };
}

/** Deploys a cloud assembly into the embedded accounts, as CloudFormation would with an administrator's rights. */
export class EmbeddedDeployment implements Deployment {
  readonly #cloud: EmbeddedCloud;

  constructor(cloud: EmbeddedCloud) {
    this.#cloud = cloud;
  }

  /** A user or role that the assembly does not hold may exist on AWS: here nobody can be it. */
  readonly #principalIds: PrincipalIds = (arnOrId) => this.#cloud.accounts.principalIds(arnOrId) ?? arnOrId;

  async createBucket(bucket: BucketResource): Promise<void> {
    await this.#cloud.buckets.createBucket(bucket);
  }

  async putBucketPolicy({ bucketName, policy }: BucketPolicyResource): Promise<void> {
    await this.#cloud.buckets.putBucketPolicy(bucketName, JSON.stringify(policy), this.#principalIds);
  }

  async createManagedPolicy({
    accountId,
    policyName,
    path,
    description,
    document,
  }: ManagedPolicyResource): Promise<void> {
    const { iam } = this.#cloud.accounts;
    createPolicy(iam, { accountId, name: policyName, path, description, document: JSON.stringify(document) });
  }

  async createRole({ roleArn: _, permissionsBoundary, ...role }: RoleResource): Promise<void> {
    const boundary = permissionsBoundary === undefined ? {} : { permissionsBoundary };
    this.#cloud.accounts.createRole({ ...role, ...boundary }, this.#principalIds);
  }

  async attachRolePolicy({ roleArn, policyArn }: { roleArn: string; policyArn: string }): Promise<void> {
    this.#cloud.accounts.attachRolePolicy(roleArn, policyArn);
  }

  async putRolePolicy({ roleArn, name, document }: RolePolicy & { readonly roleArn: string }): Promise<void> {
    this.#cloud.accounts.putRolePolicy(roleArn, { name, document });
  }

  /** Lambda must be able to assume the function's role, or the function is refused. */
  async createFunction(lambda: FunctionResource): Promise<void> {
    const { functionArn, functionName, roleArn, accountId: _accountId, ...configuration } = lambda;
    const { functions, functionCode, functionSessions } = this.#cloud;
    this.#checkAssumable(roleArn, 'lambda.amazonaws.com', functionName, functionArn);
    const codeDirectory = await functionCode.place(lambda.codeDirectory);
    functions.add({ ...configuration, functionArn, functionName, codeDirectory });
    functionSessions.add(functionArn, roleArn);
  }

  async createKey({ policy, ...key }: KeyResource): Promise<void> {
    const document = policy && { policy: JSON.stringify(policy) };
    await this.#cloud.kms.provisionKey({ ...key, ...document }, this.#principalIds);
  }

  async createKeyAlias({ aliasName, targetKeyId, ...scope }: KeyAliasResource): Promise<void> {
    await this.#cloud.kms.provisionAlias(aliasName, targetKeyId, scope);
  }

  async createLogGroup(logGroup: LogGroupResource): Promise<void> {
    this.#cloud.logGroups.create(logGroup.logGroupArn);
  }

  /**
   * As for a function: the API refuses a role that Step Functions cannot assume, here the reason is told too. A log group
   * that the assembly does not hold is taken as there.
   */
  async createStateMachine(stateMachine: StateMachineResource): Promise<void> {
    const { roleArn, name, stateMachineArn } = stateMachine;
    this.#checkAssumable(roleArn, 'states.amazonaws.com', name, stateMachineArn);
    for (const { cloudWatchLogsLogGroup } of stateMachine.loggingConfiguration?.destinations ?? []) {
      this.#cloud.logGroups.create(cloudWatchLogsLogGroup.logGroupArn.replace(/:\*$/, ''));
    }
    await this.#cloud.stateMachines.deploy(stateMachine);
  }

  #checkAssumable(roleArn: string, service: string, sessionName: string, sourceArn: string): void {
    const assumed = this.#cloud.accounts.assumeServiceRole(roleArn, service, sessionName, sourceArn);
    if (assumed.kind === 'refused') throw new Error(`${assumed.message}\n${assumed.explanation}`);
  }
}
