import { ApiError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { mapRunNotFound } from './list-executions.ts';

/**
 * Changes what is given, at once. The reasons are AWS's, the words are ours: none are recorded.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateMapRun.html
 */
export const updateMapRun: Operation = {
  resource: (parameters) => parameters.arn('mapRunArn'),
  async handle(parameters, { mapRuns }) {
    parameters.refuseOthers(['mapRunArn', ...SETTINGS]);
    const mapRunArn = parameters.arn('mapRunArn');
    const maxConcurrency = parameters.optionalCount('maxConcurrency');
    const toleratedFailureCount = parameters.optionalCount('toleratedFailureCount');
    const toleratedFailurePercentage = parameters.optionalPercentage('toleratedFailurePercentage');
    if (!SETTINGS.some((name) => parameters.names.includes(name))) {
      throw invalidUpdate('MISSING_REQUIRED_PARAMETER', `At least one of ${SETTINGS.join(', ')} must be specified`);
    }
    const done = await mapRuns.update(mapRunArn, {
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
      ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
    });
    if (done === 'unknown') throw mapRunNotFound(mapRunArn);
    if (done === 'ended') {
      throw invalidUpdate(
        'CANNOT_UPDATE_COMPLETED_MAP_RUN',
        `Map Run is completed and cannot be updated: '${mapRunArn}'`,
      );
    }
    return {};
  },
};

const SETTINGS = ['maxConcurrency', 'toleratedFailureCount', 'toleratedFailurePercentage'] as const;

function invalidUpdate(reason: string, message: string): ApiError {
  return new ApiError('ValidationException', message, { reason });
}
