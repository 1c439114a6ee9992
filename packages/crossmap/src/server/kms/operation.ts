import type { KmsRequest } from '../../accounts/kms/key-access.ts';
import type { Kms } from '../../accounts/kms/kms.ts';
import type { JsonObject } from '../../asl/json.ts';
import type { KmsParameters } from './parameters.ts';

/** One operation of the KMS API: authorizes, acts and gives its answer. Errors: `KmsError`, `ApiError`. */
export type KmsOperation = (input: KmsParameters, kms: Kms, request: KmsRequest) => Promise<JsonObject>;

/** AWS JSON tells times in seconds since 1970. */
export function seconds(epochMs: number): number {
  return epochMs / 1000;
}
