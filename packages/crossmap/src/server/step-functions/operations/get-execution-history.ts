import type { JsonObject } from '../../../asl/json.ts';
import { apiEvent } from '../history-view.ts';
import type { Operation } from '../operation.ts';
import { invalidToken, pageToken, readPageToken } from '../page-token.ts';
import { existingExecution } from './describe-execution.ts';

/** A page ends with the event that takes it over this many characters: 1,000 events with payloads would be 256 MB. */
const CHARACTERS_PER_PAGE = 4 * 1024 * 1024;

/**
 * A page may hold fewer events than `maxResults`, as AWS reserves the right to.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export const getExecutionHistory: Operation = {
  resource: (parameters) => parameters.arn('executionArn', 'execution'),
  async handle(parameters, { store }) {
    parameters.refuseOthers(['executionArn', 'maxResults', 'reverseOrder', 'nextToken', 'includeExecutionData']);
    const executionArn = parameters.arn('executionArn', 'execution');
    const { input } = await existingExecution(store, executionArn);
    const events = (await store.history(executionArn)) ?? [];
    const first = events[0];
    const executionInput = first?.type === 'ExecutionStarted' ? first.details.input : null;
    const view = { inputText: input, includeExecutionData: parameters.boolean('includeExecutionData', true) };
    const ordered = parameters.boolean('reverseOrder', false) ? events.toReversed() : events;
    const from = Number(readPageToken(parameters.optionalString('nextToken')) ?? '0');
    if (!Number.isInteger(from) || from < 0) throw invalidToken();
    const page: JsonObject[] = [];
    let characters = 0;
    for (const event of ordered.slice(from, from + parameters.maxResults())) {
      const shown = apiEvent(event, executionInput, view);
      page.push(shown);
      characters += JSON.stringify(shown).length;
      if (characters > CHARACTERS_PER_PAGE) break;
    }
    const next = from + page.length;
    return { events: page, ...(next < ordered.length && { nextToken: pageToken(String(next)) }) };
  },
};
