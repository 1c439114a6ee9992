import type { QueryLanguage, State } from '../../../asl/definition.ts';
import { equalJson } from '../../../asl/equal-json.ts';
import type { InspectedStage } from '../../../asl/inspection.ts';
import type { Json, JsonObject } from '../../../asl/json.ts';
import type { InspectedMap, StateTestResult } from '../../../test-state/state-test.ts';

export const LEVELS = ['INFO', 'DEBUG', 'TRACE'] as const;

export interface TestStateRequest {
  readonly level: (typeof LEVELS)[number];
  readonly state: State;
  readonly language: QueryLanguage;
  readonly inputText: string;
  /** JSON texts of the request: a value that is the same as one of them is shown as that text, as AWS does (recorded). */
  readonly texts: readonly string[];
}

/**
 * The response of TestState. TRACE adds the request and response of an HTTP Task, which are not run here, so it shows
 * what DEBUG shows. https://docs.aws.amazon.com/step-functions/latest/apireference/API_InspectionData.html
 */
export function testStateView(result: StateTestResult, request: TestStateRequest): JsonObject {
  const text = textOf(request.texts);
  const { failure } = 'failure' in result ? result : { failure: {} };
  const inspectionData = request.level === 'INFO' ? undefined : inspectionView(result, request, text);
  const nextState = 'nextState' in result ? result.nextState : undefined;
  return {
    ...('output' in result && { output: text(result.output) }),
    ...failure,
    ...(inspectionData !== undefined && { inspectionData }),
    ...(nextState !== undefined && { nextState }),
    status: result.status,
  };
}

function inspectionView(
  { inspected: { stages, map, variables, errorDetails } }: StateTestResult,
  { state, language, inputText }: TestStateRequest,
  text: (value: Json) => string,
): JsonObject {
  const shown = shownStages(state, language).flatMap((stage) => {
    const value = stages[stage];
    return value === undefined ? [] : [[stage, text(value)] as const];
  });
  return {
    input: inputText,
    ...Object.fromEntries(shown),
    ...(map !== undefined && mapView(map, language)),
    ...(Object.keys(variables).length > 0 && { variables: text(variables) }),
    ...(errorDetails !== undefined && { errorDetails }),
  };
}

/** Which stages AWS shows of each type of state (recorded; of Choice, Wait and Succeed in JSONPath as of Fail). */
function shownStages(state: State, language: QueryLanguage): readonly InspectedStage[] {
  if (language === 'JSONata') return state.Type === 'Task' ? ['afterArguments', 'result'] : [];
  switch (state.Type) {
    case 'Pass':
      return state.Result === undefined
        ? ['afterInputPath', 'afterParameters', 'afterResultSelector', 'afterResultPath']
        : ['result', 'afterResultSelector', 'afterResultPath'];
    case 'Task':
      return ['afterInputPath', 'afterParameters', 'result', 'afterResultSelector', 'afterResultPath'];
    case 'Map':
      return ['afterInputPath', 'afterResultSelector', 'afterResultPath'];
    case 'Parallel':
      return ['afterResultSelector', 'afterResultPath'];
    default:
      return ['afterInputPath'];
  }
}

function mapView({ items, selectedItems, batches, ...numbers }: InspectedMap, language: QueryLanguage): JsonObject {
  return {
    ...(items !== undefined && language === 'JSONPath' && { afterItemsPath: listText(items) }),
    ...(selectedItems !== undefined && { afterItemSelector: listText(selectedItems) }),
    ...(batches !== undefined && { afterItemBatcher: listText(batches) }),
    ...numbers,
  };
}

/** Lists of items have a space after each comma (recorded). */
function listText(items: readonly Json[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
}

function textOf(texts: readonly string[]): (value: Json) => string {
  const known = texts.map((text) => ({ text, value: JSON.parse(text) as Json }));
  return (value) => known.find((each) => equalJson(each.value, value))?.text ?? JSON.stringify(value);
}
