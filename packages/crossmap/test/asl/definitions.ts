import type { Json, JsonObject } from '../../src/asl/json.ts';

export const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:process';
export const INVOKE = 'arn:aws:states:::lambda:invoke';

/** A machine of one state `S`, with fields of the machine's own beside it. */
export function machineOf(state: Json, fields: JsonObject = {}): JsonObject {
  return { StartAt: 'S', States: { S: state }, ...fields };
}

export const pass = (fields: JsonObject = {}): JsonObject => ({ Type: 'Pass', End: true, ...fields });

export const task = (fields: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: FUNCTION,
  End: true,
  ...fields,
});

export const choice = (...rules: readonly Json[]): JsonObject => ({ Type: 'Choice', Choices: rules });

export const processor = (fields: JsonObject = {}): JsonObject => ({
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'P',
  States: { P: pass() },
  ...fields,
});

export const map = (fields: JsonObject = {}): JsonObject => ({
  Type: 'Map',
  ItemProcessor: processor(),
  End: true,
  ...fields,
});

export const reader = (fields: JsonObject = {}, config: JsonObject = {}): JsonObject => ({
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON', ...config },
  Parameters: { Bucket: 'b', 'Key.$': '$.key' },
  ...fields,
});

export const writer = (fields: JsonObject = {}): JsonObject => ({
  Resource: 'arn:aws:states:::s3:putObject',
  Parameters: { Bucket: 'b', Prefix: 'p' },
  ...fields,
});
