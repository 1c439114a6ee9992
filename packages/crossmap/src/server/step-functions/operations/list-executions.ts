import type { JsonObject } from '../../../asl/json.ts';
import type { ExecutionQuery, ExecutionRecord, ExecutionStatus } from '../../../engine/ports.ts';
import { ApiError } from '../errors.ts';
import type { Operation, StepFunctions } from '../operation.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { invalid, type Parameters } from '../parameters.ts';
import { typeNotSupported } from '../state-machines.ts';

const STATUSES = [
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
] as const satisfies readonly ExecutionStatus[];
const PENDING_REDRIVE = 'PENDING_REDRIVE';

/**
 * Nothing is redriven here: what is REDRIVEN or PENDING_REDRIVE is an empty list.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export const listExecutions: Operation = {
  resource: (parameters) =>
    parameters.optionalString('mapRunArn') === undefined
      ? parameters.arn('stateMachineArn')
      : parameters.arn('mapRunArn'),
  async handle(parameters, service) {
    parameters.refuseOthers([
      'stateMachineArn',
      'mapRunArn',
      'statusFilter',
      'redriveFilter',
      'maxResults',
      'nextToken',
    ]);
    const after = readPageToken(parameters.optionalString('nextToken'));
    const limit = parameters.maxResults();
    const status = parameters.oneOf('statusFilter', [...STATUSES, PENDING_REDRIVE]);
    const redriven = parameters.oneOf('redriveFilter', ['REDRIVEN', 'NOT_REDRIVEN']);
    const of = await listed(parameters, service);
    if (status === PENDING_REDRIVE && !('mapRunArn' in of)) {
      throw invalid('The statusFilter PENDING_REDRIVE needs a mapRunArn');
    }
    if (status === PENDING_REDRIVE || redriven === 'REDRIVEN') return { executions: [] };
    const { items, next } = await service.store.executions({
      of,
      limit,
      ...(status !== undefined && { status }),
      ...(after !== undefined && { after }),
    });
    return { executions: items.map(listItem), ...(next !== undefined && { nextToken: pageToken(next) }) };
  },
};

async function listed(
  parameters: Parameters,
  { stateMachines, mapRuns }: StepFunctions,
): Promise<ExecutionQuery['of']> {
  const given = (['stateMachineArn', 'mapRunArn'] as const).filter(
    (name) => parameters.optionalString(name) !== undefined,
  );
  if (given.length !== 1) throw invalid('Must provide exactly one of stateMachineArn and mapRunArn');
  if (given[0] === 'stateMachineArn') {
    const { stateMachineArn, type } = await stateMachines.get(parameters.arn('stateMachineArn', 'stateMachine'));
    if (type === 'EXPRESS') throw typeNotSupported();
    return { stateMachineArn };
  }
  const mapRunArn = parameters.arn('mapRunArn');
  if ((await mapRuns.describe(mapRunArn)) === undefined) throw mapRunNotFound(mapRunArn);
  return { mapRunArn };
}

export function mapRunNotFound(mapRunArn: string): ApiError {
  return new ApiError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
}

function listItem(record: ExecutionRecord): JsonObject {
  const { executionArn, stateMachineArn, name, status, startDate, child } = record;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: startDate / 1000,
    ...(record.status !== 'RUNNING' && { stopDate: record.stopDate / 1000 }),
    ...(child && { mapRunArn: child.mapRunArn, itemCount: child.itemCount }),
    redriveCount: 0,
  };
}
