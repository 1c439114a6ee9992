import type { EvaluationFailure } from '../asl/data-flow.ts';
import type { CompiledState } from '../asl/machine.ts';
import type { Advancement } from './advancement.ts';
import type { FailedEvent } from './work.ts';

/**
 * Records that a field of a JSONata state had no value. What fails while a state is being entered follows what the entry
 * follows; only a Wait state has been entered before it evaluates (conformance areas assign, map-inline, wait). A Map or
 * Parallel state fails after that.
 */
export function evaluationFailed(
  state: CompiledState,
  advancement: Advancement,
  { error, cause, location }: EvaluationFailure,
): FailedEvent {
  return (retry) => {
    const { path, flow } = advancement;
    const { enteredEventId, previousEventId } = advancement.state;
    const entering = flow.lastEventId === enteredEventId && state.type !== 'Wait';
    const id = advancement.emit(
      'EvaluationFailed',
      { state: state.name, error, cause, ...(location !== undefined && { location }) },
      { ...(entering && { previous: previousEventId }), ...(retry && { hidden: { retry: { flow: path, ...retry } } }) },
    );
    if (retry !== undefined || (state.type !== 'Map' && state.type !== 'Parallel')) return id;
    return advancement.emit(`${state.type}StateFailed`, {});
  };
}
