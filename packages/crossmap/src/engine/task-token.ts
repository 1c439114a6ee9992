import { decodeBase64, encodeBase64 } from '../asl/base64.ts';
import { uuid } from '../asl/uuid.ts';

/**
 * A token that lets whoever has it end one attempt of one task. It says which execution it belongs to, for those who
 * only have the token; callers see an opaque text.
 */
export function drawTaskToken(executionArn: string, random: () => number): string {
  return encodeBase64(`${executionArn} ${uuid(random)}`);
}

/** The execution that a token belongs to; `undefined` for what is no token. Whether it was ever drawn is not asked. */
export function executionOfToken(taskToken: string): string | undefined {
  return /^(arn:\S+:execution:\S+) [\da-f-]{36}$/.exec(decodeBase64(taskToken))?.[1];
}
