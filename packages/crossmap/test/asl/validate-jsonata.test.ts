import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { INVOKE, machineOf, map, pass, processor, task } from './definitions.ts';
import { diagnosticsOf, refuses } from './refused-definitions.ts';

const S = '/States/S';
const inState = (state: Json) => machineOf(state, { QueryLanguage: 'JSONata' });
const invoke = (fields: object) => task({ Resource: INVOKE, Arguments: { FunctionName: 'f' }, ...fields });
const wait = (fields: object) => ({ Type: 'Wait', End: true, ...fields });
const choice = (rule: object) => ({ Type: 'Choice', Choices: [{ Next: 'S', ...rule }] });
const ending = (state: Json) =>
  machineOf(state, { QueryLanguage: 'JSONata', States: { S: { Default: 'E', ...(state as JsonObject) }, E: pass() } });
const jsonPathOnly = (field: string) =>
  new RegExp(
    `^The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage$`,
  );

describe('refused in JSONata', () => {
  refuses([
    ['a JSONPath state', inState(pass({ QueryLanguage: 'JSONPath' })), S, /can not be 'JSONPath' if set to 'JSONata'/],
    ['InputPath', inState(pass({ InputPath: '$' })), S, jsonPathOnly('InputPath')],
    [
      'ResultPath of Catch',
      inState(invoke({ Catch: [{ ErrorEquals: ['E'], Next: 'S', ResultPath: '$' }] })),
      `${S}/Catch[0]`,
      jsonPathOnly('ResultPath'),
    ],
    ['ItemsPath', inState(map({ ItemsPath: '$' })), S, jsonPathOnly('ItemsPath')],
    ['TimeoutSecondsPath', inState(invoke({ TimeoutSecondsPath: '$' })), S, jsonPathOnly('TimeoutSecondsPath')],
    [
      'Variable in a rule',
      inState(choice({ Variable: '$', Condition: true })),
      `${S}/Choices[0]`,
      jsonPathOnly('Variable'),
    ],
    ['a rule without Condition', inState(choice({})), `${S}/Choices[0]`, /\[Condition\]/],
    [
      'an expression that does not parse',
      inState(pass({ Output: { a: ['{% 1 + %}'] } })),
      `${S}/Output/a[0]`,
      /Unexpected end of expression/,
      'INVALID_JSONATA_EXPRESSION',
    ],
    [
      'the result before the work',
      inState(invoke({ Arguments: '{% $states.result %}' })),
      `${S}/Arguments`,
      /\$states\.result/,
      'UNSUPPORTED_JSONATA_EXPRESSION',
    ],
    ['a time-out that is a text', inState(invoke({ TimeoutSeconds: '5' })), `${S}/TimeoutSeconds`, /type Integer/],
    ['a time that is none', inState(wait({ Timestamp: 'soon' })), `${S}/Timestamp`, /RFC3339/],
    ['Items that are a number', inState(map({ Items: 1 })), `${S}/Items`, /type Array/],
    [
      'Output in a JSONPath machine',
      machineOf(pass({ Output: 1 })),
      S,
      /set to 'JSONPath', but field 'Output' is only/,
    ],
  ]);
});

test('a language that is none is named, and what it is set on is read as JSONata', () => {
  const XPath = { QueryLanguage: 'XPath', InputPath: '$' };
  const messages = [machineOf(pass(XPath)), { ...machineOf(pass({ InputPath: '$' })), QueryLanguage: 'XPath' }].map(
    (each) => diagnosticsOf(each).map(({ location, message }) => `${location} ${message}`),
  );
  const unknown = 'QueryLanguage Value must be one of: [JSONPath, JSONata]';
  const foreign = `${S} The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage`;
  assert.deepEqual(messages, [
    [`${S}/${unknown}`, foreign],
    [`/${unknown}`, foreign],
  ]);
});

describe('accepted in JSONata', () => {
  const catcher = { ErrorEquals: ['E'], Next: 'S', Output: '{% $states.errorOutput %}', Assign: { e: 1 } };
  const good: readonly (readonly [string, Json])[] = [
    [
      'what a task computes',
      inState(
        invoke({
          TimeoutSeconds: '{% 5 %}',
          HeartbeatSeconds: '{% 1 %}',
          Output: '{% $states.result %}',
          Assign: { r: '{% $states.result %}' },
          Catch: [catcher],
          Credentials: { RoleArn: '{% $role %}' },
        }),
      ),
    ],
    ['Arguments that are one expression', inState(invoke({ Arguments: '{% $states.input %}' }))],
    ['how long a Wait waits', inState(wait({ Seconds: '{% $s %}' }))],
    ['until when a Wait waits', inState(wait({ Timestamp: '{% $t %}' }))],
    ['a Condition', ending(choice({ Condition: '{% $states.input.go %}', Output: 1, Assign: { a: 1 } }))],
    ['a Condition that is constant', ending(choice({ Condition: true }))],
    ['Error and Cause', inState({ Type: 'Fail', Error: '{% $e %}', Cause: '{% $c %}' })],
    [
      'what a Map computes',
      inState(
        map({
          Items: '{% $states.input %}',
          MaxConcurrency: '{% 1 %}',
          ToleratedFailureCount: '{% 1 %}',
          ItemBatcher: { MaxItemsPerBatch: '{% 2 %}' },
        }),
      ),
    ],
    ['Items that are a list', inState(map({ Items: [1, '{% 2 %}'] }))],
    ['a JSONata state in a JSONPath machine', machineOf(pass({ QueryLanguage: 'JSONata', Output: 1 }))],
    [
      'a JSONPath state in a JSONata Map of a JSONPath machine',
      machineOf(
        map({ QueryLanguage: 'JSONata', ItemProcessor: processor({ States: { P: pass({ InputPath: '$' }) } }) }),
      ),
    ],
  ];
  for (const [name, definition] of good) test(name, () => assert.deepEqual(diagnosticsOf(definition), []));
});
