/**
 * HTTP status by code, of IAM and STS.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the errors of each operation
 */
export const IAM_ERRORS = {
  AccessDenied: 403,
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  ExpiredToken: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidInput: 400,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  NoSuchEntity: 404,
  NotImplemented: 501,
  PackedPolicyTooLarge: 400,
  RequestEntityTooLarge: 413,
  RequestTimeout: 408,
  SignatureDoesNotMatch: 403,
  ValidationError: 400,
} as const;

/** An error of the API of IAM or STS, with its code. `NotImplemented` is for what AWS has and Crossmap has not. */
export class IamError extends Error {
  override readonly name = 'IamError';
  readonly code: keyof typeof IAM_ERRORS;

  constructor(code: keyof typeof IAM_ERRORS, message: string) {
    super(message);
    this.code = code;
  }
}
