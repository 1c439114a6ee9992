import type { Vector } from './vector.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Every account that the world of a vector has. */
export function accountsOf(vector: Vector): readonly string[] {
  const { accounts, kmsKey, sourceBucket, resource } = vector;
  const object = resource?.type === 'bucket' ? resource.object?.ownerAccount : undefined;
  const named = [accounts.caller, accounts.resourceOwner, kmsKey?.account, sourceBucket?.account, object];
  const others = identitiesIn(vector).map(({ account }) => account);
  const ids = new Set([...named, ...others].filter((id) => id !== null && id !== undefined));
  return [...ids];
}

/** The access key of the root user of an account. */
export function rootCredentials(account: string): Credentials {
  return { accessKeyId: `AKIAROOT${account}`, secretAccessKey: `secret of root ${account}` };
}

/** The access key of a user, by its ARN. */
export function userCredentials(arn: string): Credentials {
  const name = arn.replace(/\W/g, '_');
  return { accessKeyId: `AKIA${name}`, secretAccessKey: `secret of ${name}` };
}

interface Identity {
  readonly account: string;
  readonly kind: 'user' | 'role';
  readonly path: string;
  readonly name: string;
}

/**
 * The users and roles that a vector is about or that its policies name: who is named must be there. IAM has no two names
 * that differ in case only, and the caller's is there first.
 */
function identitiesIn({ principal, ...vector }: Vector): readonly Identity[] {
  const identities = new Map<string, Identity>();
  const texts = JSON.stringify([principal, vector]).match(/"arn:aws:iam::\d{12}:(user|role)\/[\w+=,.@/-]+"/g) ?? [];
  for (const quoted of texts) {
    const [, account = '', kind = '', path = '', name = ''] =
      /^arn:aws:iam::(\d{12}):(user|role)(\/(?:.+\/)?)(.+)$/.exec(quoted.slice(1, -1)) ?? [];
    if (kind !== 'user' && kind !== 'role') continue;
    const unique = [account, kind, name.toLowerCase()].join();
    if (!identities.has(unique)) identities.set(unique, { account, kind, path, name });
  }
  return [...identities.values()];
}

const BOUNDARY = 'Boundary';

/** An account as an accounts file declares it. */
export function declared(vector: Vector, id: string): object {
  const { principal, permissionsBoundary, resource, kmsKey } = vector;
  const callerArn = principal.roleArn ?? principal.arn;
  const identities = identitiesIn(vector).filter(({ account }) => account === id);
  const declaration = ({ kind, path, name }: Identity) => {
    const arn = `arn:aws:iam::${id}:${kind}${path}${name}`;
    const isCaller = arn === callerArn;
    const target = resource?.type === 'role' && resource.arn === arn ? resource : undefined;
    const trust = { Effect: 'Allow', Principal: { AWS: id }, Action: 'sts:AssumeRole' };
    return {
      name,
      path,
      policies: isCaller ? Object.fromEntries(vector.identityPolicies.map((policy, i) => [`policy${i}`, policy])) : {},
      ...(isCaller && permissionsBoundary && { permissionsBoundary: `arn:aws:iam::${id}:policy/${BOUNDARY}` }),
      ...(kind === 'user' && { accessKeys: [userCredentials(arn)] }),
      ...(kind === 'role' && { trustPolicy: target?.trustPolicy ?? { Version: '2012-10-17', Statement: trust } }),
      ...(target?.maxSessionDuration !== undefined && { maxSessionDuration: target.maxSessionDuration }),
    };
  };
  return {
    id,
    root: { accessKeys: [rootCredentials(id)] },
    policies:
      permissionsBoundary && principal.account === id ? [{ name: BOUNDARY, document: permissionsBoundary }] : [],
    users: identities.filter(({ kind }) => kind === 'user').map(declaration),
    roles: identities.filter(({ kind }) => kind === 'role').map(declaration),
    keys:
      kmsKey?.account === id && kmsKey.keyManager === 'CUSTOMER'
        ? [{ id: keyId(kmsKey.arn), region: kmsKey.region }]
        : [],
  };
}

export function keyId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
