import type { Json } from './json.ts';

/** What of a state's data flow can be looked at while it runs, by the names of TestState's InspectionData. */
export type InspectedStage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath';

/** Is told each stage as it is reached. */
export type Inspect = (stage: InspectedStage, value: Json) => void;
