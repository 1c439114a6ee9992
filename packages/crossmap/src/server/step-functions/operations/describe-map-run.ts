import type { Counts } from '../../../map-run/map-run.ts';
import type { Operation } from '../operation.ts';
import { mapRunNotFound } from './list-executions.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html */
export const describeMapRun: Operation = {
  resource: (parameters) => parameters.arn('mapRunArn'),
  async handle(parameters, { mapRuns }) {
    parameters.refuseOthers(['mapRunArn']);
    const mapRunArn = parameters.arn('mapRunArn');
    const run = await mapRuns.describe(mapRunArn);
    if (run === undefined) throw mapRunNotFound(mapRunArn);
    return {
      mapRunArn,
      executionArn: run.executionArn,
      status: run.status,
      startDate: run.startDate / 1000,
      ...(run.status !== 'RUNNING' && { stopDate: run.stopDate / 1000 }),
      maxConcurrency: run.maxConcurrency,
      toleratedFailurePercentage: run.toleratedFailurePercentage,
      toleratedFailureCount: run.toleratedFailureCount,
      itemCounts: allTen(run.itemCounts),
      executionCounts: allTen(run.executionCounts),
      redriveCount: 0,
    };
  },
};

/** Both blocks always carry all ten numbers (observed). */
function allTen(counts: Counts) {
  return { ...counts, failuresNotRedrivable: 0, pendingRedrive: 0 };
}
