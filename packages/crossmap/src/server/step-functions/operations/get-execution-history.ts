import { apiEvent } from '../history-view.ts';
import type { Operation } from '../operation.ts';
import { invalidToken, pageToken, readPageToken } from '../page-token.ts';
import { existingExecution } from './describe-execution.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
export const getExecutionHistory: Operation = {
  resource: (parameters) => parameters.arn('executionArn'),
  async handle(parameters, { store }) {
    parameters.refuseOthers(['executionArn', 'maxResults', 'reverseOrder', 'nextToken', 'includeExecutionData']);
    const executionArn = parameters.arn('executionArn');
    const { input } = await existingExecution(store, executionArn);
    const events = (await store.history(executionArn)) ?? [];
    const first = events[0];
    const executionInput = first?.type === 'ExecutionStarted' ? first.details.input : null;
    const view = { inputText: input, includeExecutionData: parameters.boolean('includeExecutionData', true) };
    const ordered = parameters.boolean('reverseOrder', false) ? events.toReversed() : events;
    const from = Number(readPageToken(parameters.optionalString('nextToken')) ?? '0');
    if (!Number.isInteger(from) || from < 0) throw invalidToken();
    const to = from + parameters.maxResults();
    return {
      events: ordered.slice(from, to).map((event) => apiEvent(event, executionInput, view)),
      ...(to < ordered.length && { nextToken: pageToken(String(to)) }),
    };
  },
};
