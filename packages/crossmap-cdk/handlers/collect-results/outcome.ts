import { failure } from '../failure.ts';

/** What became of one object. */
export type Outcome =
  | { readonly key: string; readonly status: 'SUCCEEDED'; readonly result: unknown }
  | { readonly key: string; readonly status: 'FAILED'; readonly error: string; readonly cause: string };

/**
 * A record of a result file: a child workflow execution. `Input` and `Output` are JSON text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export interface ChildRecord {
  readonly Status: string;
  readonly Input: string;
  readonly Output?: string;
  readonly Error?: string;
  readonly Cause?: string;
}

/** What became of the objects of a child, in the order of its batch, each of them exactly once. */
export function outcomesOf(child: ChildRecord): Outcome[] {
  const keys = batchKeys(child);
  if (child.Status === 'SUCCEEDED') return outcomesOfOutput(keys, JSON.parse(child.Output ?? 'null'));
  const { error, cause } = childFailure(child);
  return keys.map((key) => ({ key, status: 'FAILED', error, cause }));
}

function batchKeys(child: ChildRecord): string[] {
  const input: unknown = JSON.parse(child.Input);
  const items = isRecord(input) ? input.Items : undefined;
  if (!Array.isArray(items)) throw failure('FileUnreadable', `the input of a child holds no Items: ${excerpt(input)}`);
  return items.map((item: unknown) => {
    if (isRecord(item) && typeof item.Key === 'string') return item.Key;
    throw failure('FileUnreadable', `an item of a child has no Key: ${excerpt(item)}`);
  });
}

function childFailure(child: ChildRecord): { error: string; cause: string } {
  switch (child.Status) {
    case 'PENDING':
      return { error: 'NotStarted', cause: 'the Map Run ended before the batch of this object was started' };
    case 'ABORTED':
      return { error: child.Error ?? 'Aborted', cause: child.Cause ?? 'the batch of this object was aborted' };
    case 'TIMED_OUT':
      return { error: child.Error ?? 'States.Timeout', cause: child.Cause ?? 'the batch of this object timed out' };
    default:
      return { error: child.Error ?? 'Unknown', cause: lambdaMessage(child.Cause ?? '') };
  }
}

/** The message of a Lambda error, whose cause is JSON text that holds a stack trace too. Any other cause as it is. */
function lambdaMessage(cause: string): string {
  if (!cause.startsWith('{')) return cause;
  try {
    const parsed: unknown = JSON.parse(cause);
    return isRecord(parsed) && typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
}

function outcomesOfOutput(keys: string[], output: unknown): Outcome[] {
  const reported = isRecord(output) ? reportedOutcomes(output) : undefined;
  if (reported === undefined) {
    const cause = `expected {"results": […]} as processObjects returns, or {"batchItemFailures": […]}, got ${excerpt(output)}`;
    return invalidOutput(keys, cause);
  }
  const known = new Set(keys);
  const stranger = [...reported.outcomes.keys()].find((key) => !known.has(key));
  if (stranger !== undefined)
    return invalidOutput(keys, `the processor reported "${stranger}", which was not in its batch`);
  return keys.map((key) => reported.outcomes.get(key) ?? reported.otherwise(key));
}

/** The outcomes a processor reported, and what is true of the objects it did not mention. */
function reportedOutcomes(
  output: Record<string, unknown>,
): { outcomes: Map<string, Outcome>; otherwise: (key: string) => Outcome } | undefined {
  if (Array.isArray(output.results)) {
    const outcomes = output.results.map(asOutcome);
    if (!outcomes.every((outcome) => outcome !== undefined)) return undefined;
    const cause = 'the processor returned no result for this object';
    return { outcomes: byKey(outcomes), otherwise: (key) => ({ key, status: 'FAILED', error: 'NoResult', cause }) };
  }
  if (!Array.isArray(output.batchItemFailures)) return undefined;
  const outcomes = output.batchItemFailures.map(asFailedItem);
  if (!outcomes.every((outcome) => outcome !== undefined)) return undefined;
  return { outcomes: byKey(outcomes), otherwise: (key) => ({ key, status: 'SUCCEEDED', result: null }) };
}

function byKey(outcomes: Outcome[]): Map<string, Outcome> {
  return new Map(outcomes.map((outcome) => [outcome.key, outcome]));
}

function asOutcome(value: unknown): Outcome | undefined {
  if (!isRecord(value) || typeof value.key !== 'string') return undefined;
  if (value.status === 'SUCCEEDED') return { key: value.key, status: 'SUCCEEDED', result: value.result ?? null };
  if (value.status !== 'FAILED') return undefined;
  return { key: value.key, status: 'FAILED', error: text(value.error, 'Unknown'), cause: text(value.cause, '') };
}

function asFailedItem(value: unknown): Outcome | undefined {
  if (!isRecord(value) || typeof value.itemIdentifier !== 'string') return undefined;
  const cause = 'the processor reported this object among its batchItemFailures';
  return { key: value.itemIdentifier, status: 'FAILED', error: 'BatchItemFailure', cause };
}

function invalidOutput(keys: string[], cause: string): Outcome[] {
  return keys.map((key) => ({ key, status: 'FAILED', error: 'InvalidProcessorOutput', cause }));
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function excerpt(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
}
