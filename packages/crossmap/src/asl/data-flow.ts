import { ConditionPathNotFound } from './choice-rule.ts';
import type { QueryLanguage } from './definition.ts';
import type { Failure } from './failure.ts';
import type { InspectedStage } from './inspection.ts';
import { IntrinsicFailed } from './intrinsic.ts';
import { type Json, MAX_PAYLOAD_BYTES } from './json.ts';
import { QueryFailed } from './jsonata/field.ts';
import { notFound, type Path, parsePath, readPath, writePath } from './path.ts';
import { compileTemplate, PathNotFound } from './payload-template.ts';
import type { Evaluation, Field, Scope } from './scope.ts';

/**
 * How data goes through a state. JSONPath: InputPath → Parameters → (the state's work) → ResultSelector → ResultPath →
 * OutputPath. JSONata: Arguments → (the state's work) → Output.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
 */
export interface DataFlow {
  /** InputPath: what the state works on. */
  readonly input: Evaluation;
  /** Parameters, of what `input` gave, or Arguments. */
  readonly parameters: Field;
  /** The state's output from its raw input and its result. */
  output(raw: Json, result: Json, scope: Scope): Json | Promise<Json>;
}

export interface DataFlowFields {
  readonly InputPath?: string | null;
  readonly Parameters?: Json;
  readonly ResultSelector?: Json;
  readonly ResultPath?: string | null;
  readonly OutputPath?: string | null;
}

export const QUERY_EVALUATION_ERROR = 'States.QueryEvaluationError';
const REFERENCE_PATH_CONFLICT = 'States.ReferencePathConflict';

const itself: Evaluation = (input) => input;

/** Everything in JSONPath is evaluated at once. */
export interface PathDataFlow extends DataFlow {
  readonly parameters: Evaluation;
  output(raw: Json, result: Json, scope: Scope): Json;
}

export function compileDataFlow(fields: DataFlowFields): PathDataFlow {
  const select = fields.ResultSelector === undefined ? itself : compileTemplate(fields.ResultSelector);
  const place = compileResultPath(fields.ResultPath);
  const filter = compileFilter(fields.OutputPath);
  return {
    input: inspected('afterInputPath', compileFilter(fields.InputPath)),
    parameters: inspected(
      'afterParameters',
      fields.Parameters === undefined ? itself : compileTemplate(fields.Parameters),
    ),
    output(raw, result, scope) {
      const selected = select(result, scope);
      scope.inspect?.('afterResultSelector', selected);
      const placed = place(raw, selected);
      scope.inspect?.('afterResultPath', placed);
      return filter(placed, scope);
    },
  };
}

function inspected(stage: InspectedStage, evaluate: Evaluation): Evaluation {
  return (input, scope) => {
    const value = evaluate(input, scope);
    scope.inspect?.(stage, value);
    return value;
  };
}

/** InputPath or OutputPath. `null` gives `{}`. */
function compileFilter(text: string | null | undefined): Evaluation {
  if (text === undefined || text === '$') return itself;
  if (text === null) return () => ({});
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return (input, scope) => {
    const found = readPath(parsed.path, input, scope);
    if (found === undefined) throw invalidPath(parsed.path, input, scope);
    return found;
  };
}

/** Where the result goes into the raw input. `null` drops the result. */
export function compileResultPath(text: string | null | undefined): (raw: Json, result: Json) => Json {
  if (text === undefined || text === '$') return (_, result) => result;
  if (text === null) return (raw) => raw;
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`Compiled before validation: ${parsed.reason}`);
  return (raw, result) => {
    const written = writePath(parsed.path, raw, result);
    if (written.ok) return written.value;
    throw written.through === undefined ? unfitReferencePath(text, raw) : unfitStep(written.through, raw);
  };
}

/** A failure found while data flows through a state. `failureOf` makes it the state's failure; nothing else sees it. */
export class DataFlowFailure extends Error {
  readonly error: string;
  /** The field, where a state of JSONata names it. */
  readonly location: string | undefined;
  constructor(error: string, message: string, location?: string) {
    super(message);
    this.error = error;
    this.location = location;
  }
}

/** A reference path does not fit the data that it is applied to. AWS says so without naming the state. */
export class UnfitReferencePath extends DataFlowFailure {}

/** The items of a Map state of JSONPath are no array (recorded by TestState). */
export function notAnArray(path: string): UnfitReferencePath {
  const searched = path.startsWith('$$') ? path.slice(1) : path;
  return new UnfitReferencePath('States.Runtime', `Reference path "${searched}" must point to array.`);
}

/** ResultPath cannot write into the data (seen on AWS: https://qiita.com/tsubasaogawa/items/4fe341bdb6ae7d2fd8ee). */
function unfitReferencePath(path: string, data: Json): UnfitReferencePath {
  const cause = `Unable to apply ReferencePath ${path} to input ${JSON.stringify(data)}`;
  return new UnfitReferencePath(REFERENCE_PATH_CONFLICT, cause);
}

/**
 * One step of ItemsPath or ResultPath does not fit the data. Of the items it is seen on AWS, in several public reports
 * of `States.ReferencePathConflict`.
 */
export function unfitStep(step: string | number, data: Json): UnfitReferencePath {
  const cause = `Unable to apply step "${step}" to input ${JSON.stringify(data)}`;
  return new UnfitReferencePath(REFERENCE_PATH_CONFLICT, cause);
}

/** What a field that must find something throws when its path leads to nothing. */
export function invalidPath(path: Path, input: Json, scope: Scope): DataFlowFailure {
  return new DataFlowFailure('States.Runtime', `Invalid path '${path.text}' : ${notFound(path, input, scope)}`);
}

/** A state that an evaluation belongs to. */
interface EvaluatedState {
  readonly name: string;
  readonly queryLanguage: QueryLanguage;
}

/** `location`: the field whose JSONata failed. */
export type EvaluationFailure = Required<Failure> & { readonly location?: string | undefined };

/**
 * The failure of the state, from what its evaluation threw. All that fails in a state of JSONata is
 * States.QueryEvaluationError. Anything the language does not throw is a bug and rethrown.
 */
export function failureOf(thrown: unknown, state: EvaluatedState, enteredEventId: number): EvaluationFailure {
  const at = `An error occurred while executing the state '${state.name}' (entered at the event id #${enteredEventId}). `;
  if (thrown instanceof QueryFailed || (thrown instanceof DataFlowFailure && state.queryLanguage === 'JSONata')) {
    const { message, location } = thrown;
    return { error: QUERY_EVALUATION_ERROR, cause: at + message, location };
  }
  if (thrown instanceof UnfitReferencePath) return { error: thrown.error, cause: thrown.message };
  if (thrown instanceof DataFlowFailure) return { error: thrown.error, cause: at + thrown.message };
  if (thrown instanceof ConditionPathNotFound || thrown instanceof IntrinsicFailed) {
    return { error: 'States.Runtime', cause: at + thrown.message };
  }
  if (thrown instanceof PathNotFound) {
    const { path, field, searched } = thrown;
    const where = `could not be found in the input '${JSON.stringify(searched)}'`;
    return {
      error: 'States.Runtime',
      cause: `${at}The JSONPath '${path.text}' specified for the field '${field}' ${where}`,
    };
  }
  throw thrown;
}

/** The failure of a state whose Parameters give more than the payload limit. */
export function parametersTooLarge(stateName: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The parameters of the state '${stateName}' are larger than the limit of ${MAX_PAYLOAD_BYTES} bytes.`,
  };
}

/** The failure of a task whose parameters are none of the service's (case task-apigateway test_invoke_with_headers). */
export function unfitParameters(
  state: { readonly name: string; readonly enteredEventId: number },
  parameters: Json,
  problems: readonly string[],
): Failure {
  const at = `An error occurred while executing the state '${state.name}' (entered at the event id #${state.enteredEventId}).`;
  const why = `could not be used to start the Task: [${problems.join(', ')}]`;
  return { error: 'States.Runtime', cause: `${at} The Parameters '${JSON.stringify(parameters)}' ${why}` };
}

/** The failure of a state whose Assign is over a limit: 256 KiB, or 10 MiB with all variables of the execution. */
export function tooManyVariables(stateName: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The variables that the state '${stateName}' assigns are larger than the limit of ${MAX_PAYLOAD_BYTES} bytes, or than 10485760 bytes with all other variables of the execution.`,
  };
}

/** The failure of a state or task whose result is over the payload limit. `name`: the state, or the task's resource. */
export function dataLimitExceeded(name: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  };
}
