import { isJsonObject, type Json, type JsonObject } from '../../../asl/json.ts';
import type { TaskResource } from '../../../asl/task-resource.ts';
import { ApiError } from '../errors.ts';

const KINDS = {
  string: (value: Json) => typeof value === 'string',
  number: (value: Json) => typeof value === 'number',
  any: () => true,
};
type FieldKind = keyof typeof KINDS;

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldKind>>>> = {
  Execution: {
    Id: 'string',
    Input: 'any',
    Name: 'string',
    RedriveCount: 'number',
    RedriveTime: 'string',
    RoleArn: 'string',
    StartTime: 'string',
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

/**
 * The context object of a request, which then is all the state sees of one. Refused in AWS's words (recorded in
 * test_state_context_object); those for fields of other kinds follow their pattern.
 */
export function readContext(text: string, resource: TaskResource | undefined): JsonObject {
  const context = parse(text);
  for (const [name, part] of Object.entries(context)) {
    const fields = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (fields === undefined) throw refusal(`'${name}' field is not supported when mocking a Context object`);
    if (!isJsonObject(part)) throw refusal(`${name} must be an object`);
    for (const [field, value] of Object.entries(part)) checkField(`${name}.${field}`, fields[field], value);
  }
  if (context.Task !== undefined && !hasTask(resource)) {
    const where = "a Task state with a '.sync' or '.waitForTaskToken' service integration pattern";
    throw refusal(`Context object contains 'Task' when state is not ${where}`);
  }
  return context;
}

function parse(text: string): JsonObject {
  let context: Json;
  try {
    context = JSON.parse(text) as Json;
  } catch {
    throw refusal('Context object must be valid JSON');
  }
  if (isJsonObject(context)) return context;
  throw refusal('Context object must be an object');
}

function checkField(place: string, kind: FieldKind | undefined, value: Json): void {
  if (kind === undefined) throw refusal(`'${place}' field is not supported when mocking a Context object`);
  if (!KINDS[kind](value)) throw refusal(`${place} must be a ${kind}`);
}

function hasTask(resource: TaskResource | undefined): boolean {
  return resource?.kind === 'service' && resource.pattern !== 'request-response';
}

function refusal(problem: string): ApiError {
  return new ApiError('ValidationException', `Invalid Context object provided: ${problem}`);
}
