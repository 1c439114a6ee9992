import type { Failure } from '../asl/failure.ts';
import type { InspectedStage } from '../asl/inspection.ts';
import type { Json, JsonObject } from '../asl/json.ts';
import type { Machine } from '../asl/machine.ts';

/** What stands in for the work of a state. */
export type Mock =
  | { readonly kind: 'result'; readonly value: Json }
  | { readonly kind: 'error'; readonly failure: Failure };

/** One state to run alone. */
export interface StateTest {
  /** Starts at the state. */
  readonly machine: Machine;
  readonly accountId: string;
  readonly region: string;
  /** Only with a mock it may be absent. */
  readonly roleArn: string | undefined;
  readonly input: Json;
  readonly variables: Readonly<Record<string, Json>>;
  /** The whole context object; `undefined`: that of an execution that has just entered the state. */
  readonly context: JsonObject | undefined;
  /** The state is in the processor of a Map state: its input is the first item. */
  readonly inMap: boolean;
  readonly mock: Mock | undefined;
  readonly configuration: StateConfiguration;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestStateConfiguration.html */
export interface StateConfiguration {
  /** How often the retrier that the mocked error matches has tried before. */
  readonly retrierRetryCount?: number;
  /** The state inside the Map or Parallel state that the mocked error comes from. */
  readonly errorCausedByState?: string;
  readonly mapIterationFailureCount?: number;
  /** The object that an ItemReader reads. */
  readonly mapItemReaderData?: string;
}

export type StateTestResult = {
  readonly inspected: Inspected;
} & (
  | { readonly status: 'SUCCEEDED'; readonly output: Json; readonly nextState: string | undefined }
  | { readonly status: 'CAUGHT_ERROR'; readonly failure: Failure; readonly output: Json; readonly nextState: string }
  | { readonly status: 'RETRIABLE' | 'FAILED'; readonly failure: Failure }
);

/** What was seen of the state, as far as it came. */
export interface Inspected {
  readonly stages: Readonly<Partial<Record<InspectedStage, Json>>>;
  readonly map?: InspectedMap;
  /** The variables after the state. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly errorDetails?: {
    readonly catchIndex?: number;
    readonly retryIndex?: number;
    readonly retryBackoffIntervalSeconds?: number;
  };
}

/** What a Map state was about to do. Absent: not declared, or its items are not known. */
export interface InspectedMap {
  readonly items?: readonly Json[];
  readonly selectedItems?: readonly Json[];
  readonly batches?: readonly Json[];
  readonly maxConcurrency: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
}

/** The configuration of a test says what cannot be of its state. */
export class StateTestRefused extends Error {}
