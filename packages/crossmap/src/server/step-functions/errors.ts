/** The errors of the JSON APIs that this server gives, with their HTTP status. */
export const API_ERRORS = {
  AccessDeniedException: 400,
  ActivityDoesNotExist: 400,
  ExecutionAlreadyExists: 400,
  ExecutionDoesNotExist: 400,
  ExpiredTokenException: 400,
  InternalFailure: 500,
  InvalidArn: 400,
  InvalidDefinition: 400,
  InvalidExecutionInput: 400,
  InvalidLoggingConfiguration: 400,
  InvalidName: 400,
  InvalidOutput: 400,
  InvalidParameterException: 400,
  InvalidSignatureException: 400,
  InvalidToken: 400,
  MissingAuthenticationTokenException: 400,
  MissingRequiredParameter: 400,
  ResourceAlreadyExistsException: 400,
  ResourceNotFound: 400,
  ResourceNotFoundException: 400,
  SerializationException: 400,
  StateMachineAlreadyExists: 400,
  StateMachineDoesNotExist: 400,
  StateMachineTypeNotSupported: 400,
  TaskTimedOut: 400,
  UnknownOperationException: 400,
  UnrecognizedClientException: 400,
  ValidationException: 400,
} as const satisfies Record<string, number>;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** An error the caller gets as `{__type, message}` with the other members that its exception has. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly members: Readonly<Record<string, string>>;
  constructor(code: ApiErrorCode, message: string, members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }
}
