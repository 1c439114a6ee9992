import type { Kms } from '../../accounts/kms/kms.ts';
import { KmsError } from '../../accounts/kms/kms-error.ts';
import { ApiError } from '../step-functions/errors.ts';
import {
  type ApiRequest,
  type ApiResponse,
  errorResponse,
  type JsonApi,
  parseBody,
} from '../step-functions/protocol.ts';
import { kmsOperations } from './operations.ts';
import { KmsParameters } from './parameters.ts';

/** The KMS API, AWS JSON 1.1. Each operation authorizes by itself: key policies decide. */
export function kmsApi(kms: Kms): JsonApi {
  return { targetPrefix: 'TrentService.', signedFor: 'kms', answer: (request) => answer(request, kms) };
}

async function answer({ operation: name, body, ...request }: ApiRequest, kms: Kms): Promise<ApiResponse> {
  try {
    const operation = kmsOperations.get(name);
    if (operation === undefined) {
      throw new ApiError(
        'UnknownOperationException',
        `The operation ${name} is not supported by Crossmap's embedded KMS`,
      );
    }
    return { status: 200, body: await operation(new KmsParameters(parseBody(body)), kms, request) };
  } catch (error) {
    if (error instanceof ApiError) return errorResponse(error);
    if (error instanceof KmsError) return { status: 400, body: { __type: error.code, message: error.message } };
    throw error;
  }
}
