/** HTTP status by code. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation */
export const IAM_ERRORS = {
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  InvalidInput: 400,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  ValidationError: 400,
} as const;

/** An error of the IAM API, with its code. */
export class IamError extends Error {
  override readonly name = 'IamError';
  readonly code: keyof typeof IAM_ERRORS;

  constructor(code: keyof typeof IAM_ERRORS, message: string) {
    super(message);
    this.code = code;
  }
}
