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

/** State machines are named without their stack: `LOGICALID-SUFFIX`. */
export function generatedStateMachineName(context: ResourceContext): string {
  return `${context.logicalId.slice(0, 67)}-${suffix(context)}`;
}
