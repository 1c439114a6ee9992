import type { State } from '../../../asl/definition.ts';
import type { StateConfiguration } from '../../../test-state/state-test.ts';
import { ApiError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import { statesInside } from './definition.ts';

/**
 * What a test supposes of the state, refused where the state has no part that it concerns.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestStateConfiguration.html
 */
export function readConfiguration(given: Parameters | undefined, state: State): StateConfiguration {
  if (given === undefined) return {};
  given.refuseOthers(['retrierRetryCount', 'errorCausedByState', 'mapIterationFailureCount', 'mapItemReaderData']);
  const retrierRetryCount = given.optionalCount('retrierRetryCount');
  const mapIterationFailureCount = given.optionalCount('mapIterationFailureCount');
  const errorCausedByState = given.optionalString('errorCausedByState');
  const mapItemReaderData = given.optionalString('mapItemReaderData');
  if (errorCausedByState !== undefined && !statesInside(state).has(errorCausedByState)) {
    throw refusal('errorCausedByState', `a state inside the ${state.Type} state, got '${errorCausedByState}'`);
  }
  if (mapIterationFailureCount !== undefined && state.Type !== 'Map') {
    throw refusal('mapIterationFailureCount', `a Map state, got a ${state.Type} state`);
  }
  if (mapItemReaderData !== undefined && (state.Type !== 'Map' || state.ItemReader === undefined)) {
    throw refusal('mapItemReaderData', 'a Map state that has an ItemReader');
  }
  return {
    ...(retrierRetryCount !== undefined && { retrierRetryCount }),
    ...(mapIterationFailureCount !== undefined && { mapIterationFailureCount }),
    ...(mapItemReaderData !== undefined && { mapItemReaderData }),
  };
}

function refusal(name: string, expected: string): ApiError {
  return new ApiError('ValidationException', `Expected ${name} to be given for ${expected}`);
}
