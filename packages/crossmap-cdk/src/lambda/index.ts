export type { BatchEvent, BatchInput, ListedObject } from './batch-event.ts';
export type { BatchResult, FailedObject, ItemFailure, ObjectOutcome, ProcessedObject } from './batch-result.ts';
export {
  type Invocation,
  type ObjectProcessor,
  type ProcessContext,
  type ProcessObjectsOptions,
  processObjects,
} from './process-objects.ts';
export type { SourceObject } from './source-object.ts';
