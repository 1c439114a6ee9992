import { createHash } from 'node:crypto';
import type { ResourceContext } from './resource-type.ts';

/** Twelve characters that differ between resources and stay the same at every load. */
function suffix({ environment, stackName, logicalId }: ResourceContext): string {
  const identity = [environment.accountId, environment.region, stackName, logicalId].join('/');
  const digest = createHash('sha256').update(identity).digest();
  return Array.from(digest.subarray(0, 12), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The name CloudFormation would generate, `STACK-LOGICALID-SUFFIX`, both parts shortened evenly to fit `maxLength`. */
export function generatedName(context: ResourceContext, maxLength: number): string {
  const end = suffix(context);
  const room = maxLength - end.length - 2;
  const stackRoom = Math.max(room - context.logicalId.length, Math.floor(room / 2));
  const stack = context.stackName.slice(0, stackRoom);
  return `${stack}-${context.logicalId.slice(0, room - stack.length)}-${end}`;
}

/** The id of a KMS key: a UUID. */
export function generatedKeyId({ environment, stackName, logicalId }: ResourceContext): string {
  const identity = [environment.accountId, environment.region, stackName, logicalId].join('/');
  const hex = createHash('sha256').update(`key ${identity}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** State machines are named without their stack: `LOGICALID-SUFFIX`. */
export function generatedStateMachineName(context: ResourceContext): string {
  return `${context.logicalId.slice(0, 67)}-${suffix(context)}`;
}
