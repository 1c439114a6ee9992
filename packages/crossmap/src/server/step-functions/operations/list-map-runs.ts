import type { Operation } from '../operation.ts';
import { invalidToken, pageToken, readPageToken } from '../page-token.ts';
import { existingExecution } from './describe-execution.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html */
export const listMapRuns: Operation = {
  resource: (parameters) => parameters.arn('executionArn', 'execution'),
  async handle(parameters, { store }) {
    parameters.refuseOthers(['executionArn', 'maxResults', 'nextToken']);
    const { executionArn } = await existingExecution(store, parameters.arn('executionArn', 'execution'));
    const runs = await store.mapRuns(executionArn);
    const from = Number(readPageToken(parameters.optionalString('nextToken')) ?? '0');
    if (!Number.isInteger(from) || from < 0) throw invalidToken();
    const to = from + parameters.maxResults();
    const mapRuns = runs.slice(from, to).map((run) => ({
      executionArn: run.executionArn,
      mapRunArn: run.mapRunArn,
      stateMachineArn: run.stateMachineArn,
      startDate: run.startDate / 1000,
      ...(run.status !== 'RUNNING' && { stopDate: run.stopDate / 1000 }),
    }));
    return { mapRuns, ...(to < runs.length && { nextToken: pageToken(String(to)) }) };
  },
};
