import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type ApiModel, apiModel } from '../../src/accounts/api-model.ts';
import type { Json } from '../../src/asl/json.ts';
import { schemaProblem } from '../../src/server/step-functions/test-state/mock-schema.ts';

const model: ApiModel = {
  operations: { Get: 'Answer' },
  shapes: {
    Answer: {
      kind: 'structure',
      required: ['Id'],
      members: { Id: 'Id', Size: 'Size', Class: 'Class', Parts: 'Parts', Tags: 'Tags', On: 'boolean', Free: 'any' },
    },
    Id: { kind: 'string', min: 2, max: 3 },
    Size: { kind: 'number', min: 1, max: 9 },
    Class: { kind: 'string', enum: ['HOT', 'COLD'] },
    Parts: { kind: 'list', min: 1, max: 2, member: 'Part' },
    Part: { kind: 'structure', required: ['Name'], members: { Name: 'string' } },
    Tags: { kind: 'map', member: 'number' },
  },
};
const problem = (value: Json, strict = false) => schemaProblem(model, 'Answer', value, strict);

describe('what a mocked result may not be', () => {
  const cases: readonly (readonly [Json, string])[] = [
    [{ Id: 1 }, "Field 'Id' must be a string"],
    [{ Id: 'i' }, "Field 'Id' is smaller than the minimum length"],
    [{ Id: 'iiii' }, "Field 'Id' exceeds the maximum length"],
    [{ Size: '1' }, "Field 'Size' must be a number"],
    [{ Size: 0 }, "Field 'Size' is less than the minimum value"],
    [{ Size: 10 }, "Field 'Size' exceeds the maximum value"],
    [{ Class: 'WARM' }, "Field 'Class' is not an expected value"],
    [{ On: 'true' }, "Field 'On' must be a boolean"],
    [{ Parts: {} }, "Field 'Parts' must be an array"],
    [{ Parts: [] }, "Field 'Parts' is smaller than the minimum length"],
    [{ Parts: [{}, {}, {}] }, "Field 'Parts' exceeds the maximum length"],
    [{ Parts: ['part'] }, "Field 'Parts' must be an object"],
    [{ Parts: [{ Name: 'a' }, { Name: 1 }] }, "Field 'Name' must be a string"],
    [{ Tags: [] }, "Field 'Tags' must be an object"],
    [{ Tags: { a: 1, b: 'c' } }, "Field 'Tags' must be a number"],
    [[], "Field 'result' must be an object"],
  ];
  for (const [value, expected] of cases) {
    test(`${JSON.stringify(value)}: ${expected}`, () => assert.equal(problem(value), expected));
  }

  test('without a required member, at any depth, only in STRICT mode', () => {
    assert.equal(problem({}, true), "Required field 'Id' is missing");
    assert.equal(problem({ Id: 'id', Parts: [{}] }, true), "Required field 'Name' is missing");
    assert.equal(problem({ Parts: [{}] }), undefined);
  });

  test('what the model does not name is not looked at', () => {
    assert.equal(problem({ Id: 'id', id: 1, Free: { any: [1] } }, true), undefined);
  });
});

describe('the API models that are here', () => {
  test('are those of their files', () => {
    const files = readdirSync(new URL('../../../api-models/', import.meta.url));
    assert.ok(files.length > 0);
    for (const file of files) assert.ok(apiModel(file.replace('.json', '')) !== undefined, file);
    assert.equal(apiModel('../package'), undefined);
  });

  test('write members with a capital', () => {
    const sfn = apiModel('sfn');
    assert.ok(sfn !== undefined);
    const shape = sfn.operations.StartExecution;
    assert.ok(typeof shape === 'string');
    assert.equal(schemaProblem(sfn, shape, { executionArn: 'a' }, true), "Required field 'ExecutionArn' is missing");
    const timestamp = { ExecutionArn: 'arn', StartDate: 1764103483 };
    assert.equal(schemaProblem(sfn, shape, timestamp, true), "Field 'StartDate' must be a string");
  });

  test('know the limits and values of AWS', () => {
    const lambda = apiModel('lambda');
    const s3 = apiModel('s3');
    assert.ok(lambda !== undefined && s3 !== undefined);
    const memory = (MemorySize: number) =>
      schemaProblem(lambda, lambda.operations.GetFunction ?? '', { Configuration: { MemorySize } }, true);
    assert.equal(memory(127), "Field 'MemorySize' is less than the minimum value");
    assert.equal(memory(128), undefined);
    assert.equal(memory(10_241), "Field 'MemorySize' exceeds the maximum value");
    const stored = { StorageClass: 'Papyrus' };
    const answer = s3.operations.GetObject ?? '';
    assert.equal(schemaProblem(s3, answer, stored, false), "Field 'StorageClass' is not an expected value");
  });
});
