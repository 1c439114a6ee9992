import type { Json, JsonObject } from '../../asl/json.ts';
import type { EventType, HistoryEvent } from '../../engine/history.ts';

/** The member of an API event that holds the details of its type; types without an entry have none. */
const DETAILS_MEMBER: Readonly<Partial<Record<EventType, string>>> = {
  ExecutionStarted: 'executionStartedEventDetails',
  ExecutionSucceeded: 'executionSucceededEventDetails',
  ExecutionFailed: 'executionFailedEventDetails',
  ExecutionAborted: 'executionAbortedEventDetails',
  ExecutionTimedOut: 'executionTimedOutEventDetails',
  LambdaFunctionScheduled: 'lambdaFunctionScheduledEventDetails',
  LambdaFunctionSucceeded: 'lambdaFunctionSucceededEventDetails',
  LambdaFunctionFailed: 'lambdaFunctionFailedEventDetails',
  LambdaFunctionTimedOut: 'lambdaFunctionTimedOutEventDetails',
  ActivityScheduled: 'activityScheduledEventDetails',
  ActivityStarted: 'activityStartedEventDetails',
  ActivitySucceeded: 'activitySucceededEventDetails',
  ActivityFailed: 'activityFailedEventDetails',
  ActivityTimedOut: 'activityTimedOutEventDetails',
  TaskScheduled: 'taskScheduledEventDetails',
  TaskStarted: 'taskStartedEventDetails',
  TaskSubmitted: 'taskSubmittedEventDetails',
  TaskSubmitFailed: 'taskSubmitFailedEventDetails',
  TaskSucceeded: 'taskSucceededEventDetails',
  TaskFailed: 'taskFailedEventDetails',
  TaskTimedOut: 'taskTimedOutEventDetails',
  EvaluationFailed: 'evaluationFailedEventDetails',
  MapStateStarted: 'mapStateStartedEventDetails',
  MapIterationStarted: 'mapIterationStartedEventDetails',
  MapIterationSucceeded: 'mapIterationSucceededEventDetails',
  MapIterationFailed: 'mapIterationFailedEventDetails',
  MapIterationAborted: 'mapIterationAbortedEventDetails',
  MapRunStarted: 'mapRunStartedEventDetails',
  MapRunFailed: 'mapRunFailedEventDetails',
};

/** Members that are payloads: JSON text in the API, with a member that says whether it is complete. */
const PAYLOADS: Readonly<Record<string, string>> = { input: 'inputDetails', output: 'outputDetails' };

export interface HistoryView {
  /** The execution's input as its caller wrote it; an event that carries that very value shows that text. */
  readonly inputText: string;
  readonly includeExecutionData: boolean;
}

/** An event as GetExecutionHistory gives it. `executionInput` is the value of the first event. */
export function apiEvent(event: HistoryEvent, executionInput: Json, view: HistoryView): JsonObject {
  const member = DETAILS_MEMBER[event.type] ?? stateMember(event.type);
  return {
    timestamp: event.timestamp / 1000,
    type: event.type,
    id: event.id,
    previousEventId: event.previousEventId,
    ...(member !== undefined && { [member]: eventDetails(event, executionInput, view) }),
  };
}

function stateMember(type: EventType): string | undefined {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  return type.endsWith('StateExited') ? 'stateExitedEventDetails' : undefined;
}

/** The details of an event, whatever member shows them: payloads are JSON text. */
export function eventDetails(
  { details }: HistoryEvent,
  executionInput: Json,
  { inputText, includeExecutionData }: HistoryView,
): JsonObject {
  const text = (value: Json) => (value === executionInput ? inputText : JSON.stringify(value));
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]: [string, Json]) => {
      const completeness = PAYLOADS[name];
      if (completeness !== undefined) {
        return includeExecutionData
          ? [[name, text(value)] as const, [completeness, { truncated: false }] as const]
          : [];
      }
      if (name === 'assignedVariables') return includeExecutionData ? assignedVariables(value) : [];
      return [[name, name === 'parameters' ? JSON.stringify(value) : value] as const];
    }),
  );
}

/** Each variable's value as JSON text. */
function assignedVariables(value: Json): readonly (readonly [string, Json])[] {
  const texts = Object.entries(value as JsonObject).map(
    ([name, assigned]) => [name, JSON.stringify(assigned)] as const,
  );
  return [
    ['assignedVariables', Object.fromEntries(texts)],
    ['assignedVariablesDetails', { truncated: false }],
  ];
}
