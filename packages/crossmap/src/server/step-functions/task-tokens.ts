import type { JsonObject } from '../../asl/json.ts';
import type { TokenAnswer } from '../../engine/executions.ts';
import { executionOfToken } from '../../engine/task-token.ts';
import { ApiError } from './errors.ts';
import type { Scope } from './operation.ts';
import { invalidToken } from './page-token.ts';
import type { Parameters } from './parameters.ts';

/** The token of a task of the caller's account: those of others are invalid here. */
export function readTaskToken(parameters: Parameters, { accountId }: Scope): string {
  const taskToken = parameters.string('taskToken');
  if (executionOfToken(taskToken)?.split(':')[4] !== accountId) throw invalidToken();
  return taskToken;
}

/** The response of the operations that answer a task. */
export function answered(answer: TokenAnswer): JsonObject {
  switch (answer) {
    case 'open':
      return {};
    case 'closed':
      throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    case 'unknown':
      throw invalidToken();
  }
}
