import type { Setup } from './case.ts';
import { type Endpoint, REGION } from './endpoint.ts';
import type { JsonObject } from './json.ts';
import { S3 } from './s3.ts';
import { objectsToStore } from './stored-body.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The account of a case, unless it says otherwise. */
export const ACCOUNT = '111111111111';

/** Where one case runs, its setup in place. */
export interface Stage {
  readonly endpoint: Endpoint;
  /** Absent where time is real. */
  readonly clock?: VirtualClock;
  /** Told of every response, to know what there is to delete. */
  onResponse?(action: string, response: JsonObject, account: string): void;
  close(): Promise<void>;
}

export interface Role {
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly trustPolicy: object;
  readonly policy: object;
}

/** The roles of a setup: each may do everything and trusts Step Functions, unless the setup says otherwise. */
export function rolesOf({ roles = [], rolePolicies = {} }: Setup): readonly Role[] {
  return roles.map((role) => {
    const { arn, trusts } = typeof role === 'string' ? { arn: role, trusts: undefined } : role;
    const [, accountId = '', path = '/', name = ''] = /^arn:aws:iam::(\d+):role(\/(?:.*\/)?)(.+)$/.exec(arn) ?? [];
    const Principal =
      trusts === undefined ? { Service: 'states.amazonaws.com' } : { AWS: `arn:aws:iam::${trusts}:root` };
    return {
      arn,
      accountId,
      name,
      path,
      trustPolicy: statement({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }),
      policy: rolePolicies[arn] ?? statement({ Effect: 'Allow', Action: '*', Resource: '*' }),
    };
  });
}

function statement(only: object): object {
  return { Version: '2012-10-17', Statement: [only] };
}

export interface BucketPlace {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly policy?: JsonObject;
}

export function bucketsOf({ buckets = [] }: Setup): readonly BucketPlace[] {
  return buckets.map((bucket) => ({
    account: ACCOUNT,
    region: REGION,
    ...(typeof bucket === 'string' ? { name: bucket } : bucket),
  }));
}

/** Stores the objects of a setup through the S3 of the endpoint, each as the account of its bucket. */
export async function storeObjects(endpoint: Endpoint, setup: Setup): Promise<void> {
  const places = bucketsOf(setup);
  for (const stored of setup.s3 ?? []) {
    const { account, region } = places.find(({ name }) => name === stored.bucket) ?? {
      account: ACCOUNT,
      region: REGION,
    };
    const client = new S3(endpoint, account, region);
    try {
      for (const { bucket, key, body } of objectsToStore(stored)) await client.putObject(bucket, key, body);
    } finally {
      client.close();
    }
  }
}

/** Throws for a setup that holds what this runner cannot put in place. */
export function checkSetup(setup: Setup, supported: readonly string[]): void {
  const [other] = Object.keys(setup).filter((name) => !supported.includes(name));
  if (other !== undefined) throw new Error(`A setup with \`${other}\` is not supported here`);
}
