import type { Kms } from '../kms/kms.ts';
import type { DeclaredAccount } from './accounts-file.ts';

/** Makes a key with its aliases, or makes the one that is there what the file says; its material stays. */
export async function declareKey(
  kms: Kms,
  accountId: string,
  { id, region, description, policy, aliases, enabled, tags }: DeclaredAccount['keys'][number],
): Promise<void> {
  await kms.provisionKey({
    accountId,
    region,
    keyId: id,
    enabled,
    tags,
    ...(description !== undefined && { description }),
    ...(policy !== undefined && { policy: JSON.stringify(policy) }),
  });
  for (const alias of aliases) await kms.provisionAlias(alias, id, { accountId, region });
}
