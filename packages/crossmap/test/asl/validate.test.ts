import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { invalidDefinition } from '../../src/asl/diagnostics.ts';
import type { Json, JsonObject } from '../../src/asl/json.ts';
import { validateDefinition } from '../../src/asl/validate.ts';
import { choice, FUNCTION, INVOKE, machineOf, map, pass, processor, reader, task, writer } from './definitions.ts';
import { diagnosticsOf, refuses } from './refused-definitions.ts';

const inState = (state: Json) => machineOf(state);
const S = '/States/S';
const isNull = { Variable: '$', IsNull: true, Next: 'S' };
const retry = (fields: object) => inState(task({ Retry: [{ ErrorEquals: ['E'], ...fields }] }));

describe('the text and the machine', () => {
  refuses([
    ['no JSON', '{', '/', /must be valid JSON/, 'INVALID_JSON_DESCRIPTION'],
    ['an empty text', '', '/', /must be valid JSON/, 'INVALID_JSON_DESCRIPTION'],
    ['a JSON list', '[]', '/', /JSON object/, 'INVALID_JSON_DESCRIPTION'],
    ['JSON null', 'null', '/', /JSON object/, 'INVALID_JSON_DESCRIPTION'],
    ['nothing in it', {}, '/', /\[StartAt, States\]/],
    ['no StartAt', { States: { S: pass() } }, '/', /\[StartAt\]/],
    ['no States', { StartAt: 'S' }, '/', /\[States\]/],
    ['States that are a list', { StartAt: 'S', States: [] }, '/States', /type Object/],
    [
      'a state that is no object',
      machineOf(pass(), { States: { S: pass({ End: undefined, Next: 'T' } as never), T: 1 } }),
      '/States/T',
      /type Object/,
    ],
    ['an unknown field', machineOf(pass(), { Timeout: 1 }), '/', /^Field 'Timeout' is not supported$/],
    ['a Comment that is no text', machineOf(pass(), { Comment: 1 }), '/Comment', /^Expected value of type String$/],
    ['another Version', machineOf(pass(), { Version: '2.0' }), '/Version', /\[1\.0\]/],
    [
      'a state name of 81 characters',
      { StartAt: 'n'.repeat(81), States: { ['n'.repeat(81)]: pass() } },
      `/States/${'n'.repeat(81)}`,
      /80 characters/,
      'INVALID_STATE_NAME',
    ],
    ['an unknown language', machineOf(pass(), { QueryLanguage: 'XPath' }), '/QueryLanguage', /\[JSONPath, JSONata\]/],
  ]);

  test('no states at all is reported with the missing target of StartAt', () => {
    const found = diagnosticsOf({ StartAt: 'S', States: {} }).map(({ code, location }) => `${code} ${location}`);
    assert.deepEqual(found, ['SCHEMA_VALIDATION_FAILED /States', 'MISSING_TRANSITION_TARGET /StartAt']);
  });
});

describe('states and transitions', () => {
  refuses([
    ['no Type', inState({ End: true }), S, /\[Type\]/],
    ['an unknown Type', inState({ Type: 'Loop' }), `${S}/Type`, /^Value must be one of: \[Pass, Task/],
    ['a Type that objects inherit', inState({ Type: 'constructor' }), `${S}/Type`, /must be one of/],
    ['neither Next nor End', inState({ Type: 'Pass' }), S, /one of the following fields: \[Next, End\]/],
    ['both Next and End', inState(pass({ Next: 'S' })), S, /should only be one .*: \[Next, End\]/],
    ['End false', inState({ Type: 'Pass', End: false }), `${S}/End`, /\[true\]/],
    ['an unknown field', inState(pass({ Foo: 1 })), S, /'Foo' is not supported/],
    ['a field of another state', inState(pass({ Resource: FUNCTION })), S, /'Resource' is not supported/],
    ['Next in Succeed', inState({ Type: 'Succeed', Next: 'S' }), S, /'Next' is not supported/],
    ['a Cause that is no text', inState({ Type: 'Fail', Cause: 1 }), `${S}/Cause`, /type String/],
  ]);
});

describe('paths and templates', () => {
  const invalidField = (field: string) =>
    new RegExp(`^The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call$`);
  refuses([
    [
      'an InputPath that is no path',
      inState(pass({ InputPath: 'a' })),
      `${S}/InputPath`,
      /^Value must be a valid JSONPath\.$/,
    ],
    ['an InputPath that is no text', inState(pass({ InputPath: 1 })), `${S}/InputPath`, /valid JSONPath/],
    ['an OutputPath that ends', inState(pass({ OutputPath: '$.a[' })), `${S}/OutputPath`, /valid JSONPath/],
    ['an InputPath that is a call', inState(pass({ InputPath: 'States.UUID()' })), `${S}/InputPath`, /valid JSONPath/],
    ['a step in a slice', inState(pass({ OutputPath: '$.a[0:2:1]' })), `${S}/OutputPath`, /not supported/],
    ['a ResultPath into the context', inState(pass({ ResultPath: '$$.a' })), `${S}/ResultPath`, /cannot be written/],
    [
      'a ResultPath into a variable',
      inState(pass({ ResultPath: '$v' })),
      `${S}/ResultPath`,
      /Value is not a Reference Path/,
    ],
    ['a ResultPath of many places', inState(pass({ ResultPath: '$.a[*]' })), `${S}/ResultPath`, /names one place/],
    ['a ResultPath that is no text', inState(pass({ ResultPath: 1 })), `${S}/ResultPath`, /type String/],
    ['an ItemsPath of many places', inState(map({ ItemsPath: '$.a[*]' })), `${S}/ItemsPath`, /names one place/],
    [
      'an unknown intrinsic function',
      inState(pass({ Parameters: { 'a.$': 'States.Nothing()' } })),
      `${S}/Parameters`,
      invalidField('a.\\$'),
    ],
    [
      'a string with an escape that is none',
      inState(pass({ Parameters: { a: [{ 'b.$': String.raw`States.Array('\"')` }] } })),
      `${S}/Parameters`,
      invalidField('b.\\$'),
    ],
    ['a field given twice', inState(pass({ Parameters: { a: 1, 'a.$': '$' } })), `${S}/Parameters`, /without `\.\$`/],
    ['a ResultSelector that is no object', inState(task({ ResultSelector: 1 })), `${S}/ResultSelector`, /type Object/],
  ]);

  const accepted: readonly JsonObject[] = [
    { InputPath: '$.a[?(@.b)]', OutputPath: '$..a' },
    { InputPath: '$v', OutputPath: "$['a','b']" },
    { Parameters: { 'a.$': "States.Format('{}', States.UUID())", 'b.$': '$v.x[1:]' } },
  ];
  for (const fields of accepted) {
    test(`accepted: ${JSON.stringify(fields)}`, () => assert.deepEqual(diagnosticsOf(inState(pass(fields))), []));
  }
});

describe('Task', () => {
  refuses([
    ['no Resource', inState({ Type: 'Task', End: true }), S, /\[Resource\]/],
    [
      'another integration',
      inState(task({ Resource: 'arn:aws:states:::sqs:sendMessage' })),
      `${S}/Resource`,
      /sqs:sendMessage` is not supported yet/,
    ],
    [
      'another SDK integration',
      inState(task({ Resource: 'arn:aws:states:::aws-sdk:sqs:sendMessage' })),
      `${S}/Resource`,
      /aws-sdk/,
    ],
    [
      'a job of Lambda',
      inState(task({ Resource: `${INVOKE}.sync` })),
      `${S}/Resource`,
      /invoke\.sync is not recognized/,
    ],
    [
      'a Resource that names nothing',
      inState(task({ Resource: 'nothing' })),
      `${S}/Resource`,
      /^The resource provided nothing is not recognized\. The value is not/,
    ],
    ['a Resource that is no text', inState(task({ Resource: 1 })), `${S}/Resource`, /type String/],
    [
      'lambda:invoke without FunctionName',
      inState(task({ Resource: INVOKE, Parameters: { Payload: 1 } })),
      `${S}/Parameters`,
      /^The field 'FunctionName' is required but was missing$/,
    ],
    [
      'lambda:invoke without Parameters',
      inState(task({ Resource: INVOKE })),
      `${S}/Parameters`,
      /'FunctionName' is required/,
    ],
    [
      'an unknown parameter of lambda:invoke',
      inState(task({ Resource: INVOKE, Parameters: { FunctionName: 'f', Timeout: '1' } })),
      `${S}/Parameters`,
      /^The field "Timeout" is not supported by Step Functions$/,
    ],
    ['HeartbeatSeconds of 0', inState(task({ HeartbeatSeconds: 0 })), `${S}/HeartbeatSeconds`, /^Minimum value is 1$/],
    [
      'two forms of a heartbeat',
      inState(task({ HeartbeatSeconds: 1, HeartbeatSecondsPath: '$.h' })),
      S,
      /should only be one/,
    ],
    ['Credentials without RoleArn', inState(task({ Credentials: {} })), `${S}/Credentials`, /'RoleArn' is required/],
    [
      'Credentials with a path that is none',
      inState(task({ Credentials: { 'RoleArn.$': 'role' } })),
      `${S}/Credentials`,
      /'RoleArn\.\$'/,
    ],
  ]);
});

describe('Retry and Catch', () => {
  refuses([
    ['Retry that is no list', inState(task({ Retry: {} })), `${S}/Retry`, /type Array/],
    ['no ErrorEquals', inState(task({ Retry: [{}] })), `${S}/Retry[0]`, /\[ErrorEquals\]/],
    [
      'an empty ErrorEquals',
      inState(task({ Retry: [{ ErrorEquals: [] }] })),
      `${S}/Retry[0]/ErrorEquals`,
      /cannot be empty/,
    ],
    [
      'an error that is no text',
      inState(task({ Retry: [{ ErrorEquals: [1] }] })),
      `${S}/Retry[0]/ErrorEquals[0]`,
      /type String/,
    ],
    [
      'States.ALL with another',
      inState(task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] })),
      `${S}/Retry[0]/ErrorEquals[0]`,
      /^States\.ALL must appear alone and at end of list$/,
    ],
    [
      'States.ALL before another',
      inState(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] })),
      `${S}/Retry[0]/ErrorEquals[0]`,
      /at end of list/,
    ],
    ['IntervalSeconds 0', retry({ IntervalSeconds: 0 }), `${S}/Retry[0]/IntervalSeconds`, /Minimum value is 1/],
    ['a fraction of a second', retry({ IntervalSeconds: 1.5 }), `${S}/Retry[0]/IntervalSeconds`, /type Integer/],
    ['MaxAttempts below 0', retry({ MaxAttempts: -1 }), `${S}/Retry[0]/MaxAttempts`, /Minimum value is 0/],
    ['MaxAttempts above 99,999,999', retry({ MaxAttempts: 100_000_000 }), `${S}/Retry[0]/MaxAttempts`, /99999999/],
    ['BackoffRate below 1', retry({ BackoffRate: 0.9 }), `${S}/Retry[0]/BackoffRate`, /Minimum value is 1\.0/],
    [
      'MaxDelaySeconds above a year',
      retry({ MaxDelaySeconds: 31_622_401 }),
      `${S}/Retry[0]/MaxDelaySeconds`,
      /31622400/,
    ],
    ['another JitterStrategy', retry({ JitterStrategy: 'HALF' }), `${S}/Retry[0]/JitterStrategy`, /\[FULL, NONE\]/],
    ['Retry in Pass', inState(pass({ Retry: [] })), S, /^Field 'Retry' is not supported$/],
    ['Catch without Next', inState(task({ Catch: [{ ErrorEquals: ['E'] }] })), `${S}/Catch[0]`, /\[Next\]/],
    [
      'a ResultPath of Catch that is no path',
      inState(task({ Catch: [{ ErrorEquals: ['E'], Next: 'S', ResultPath: 'x' }] })),
      `${S}/Catch[0]/ResultPath`,
      /start with/,
    ],
  ]);
});

describe('Choice', () => {
  refuses([
    ['no Choices', inState({ Type: 'Choice' }), S, /\[Choices\]/],
    ['empty Choices', inState(choice()), `${S}/Choices`, /cannot be empty/],
    ['a rule without Next', inState(choice({ Variable: '$', IsNull: true })), `${S}/Choices[0]`, /\[Next\]/],
    ['a bad rule', inState(choice(isNull, { ...isNull, IsNull: 1 })), `${S}/Choices[1]/IsNull`, /true, false/],
    ['a Condition', inState(choice({ Condition: '{% true %}', Next: 'S' })), `${S}/Choices[0]`, /'Condition' is only/],
    ['End in Choice', inState({ ...choice(isNull), End: true }), S, /'End' is not supported/],
  ]);
});

test('all problems are given at once: of fields, of transitions, and what is not run here', () => {
  const definition = {
    StartAt: 'X',
    Foo: 1,
    States: {
      A: { Type: 'Pass', InputPath: 'a', Next: 'Y' },
      B: { Type: 'Loop' },
      C: map({
        ItemProcessor: processor({ States: { P: task({ Foo: 1, Resource: 'arn:aws:states:::sqs:sendMessage' }) } }),
      }),
    },
  };
  const diagnostics = diagnosticsOf(definition);
  assert.deepEqual(
    diagnostics.map(({ location }) => location),
    [
      '/',
      '/States/A/InputPath',
      '/States/B/Type',
      '/States/C/ItemProcessor/States/P',
      '/StartAt',
      '/States/A/Next',
      '/States/C/ItemProcessor/States/P/Resource',
    ],
  );
  const text = invalidDefinition(diagnostics);
  const begin = "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Field 'Foo' is not supported at /, ";
  assert.ok(
    text.startsWith(`${begin}SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/InputPath, `),
  );
  assert.ok(text.endsWith(" at /States/C/ItemProcessor/States/P/Resource'"));
});

test('of a place that AWS refuses it is not said what is not run here', () => {
  const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
  const validated = validateDefinition(JSON.stringify(inState(task({ Resource }))), { type: 'EXPRESS' });
  assert.deepEqual(validated.ok ? [] : validated.diagnostics.map(({ message }) => message), [
    "Express state machine does not support '.waitForTaskToken' service integration ",
  ]);
});

describe('good definitions', () => {
  const invoke = task({ Resource: INVOKE, Parameters: { 'FunctionName.$': '$.f', 'Payload.$': '$' } });
  const everyField = map({
    Comment: 'c',
    QueryLanguage: 'JSONPath',
    InputPath: '$.a',
    ItemReader: reader(
      { Parameters: { Bucket: 'b', 'Key.$': '$$.Execution.Name', ExpectedBucketOwner: '1' } },
      { MaxItems: 0 },
    ),
    ItemSelector: { 'key.$': '$$.Map.Item.Value.Key' },
    ItemBatcher: { MaxItemsPerBatchPath: '$.n', BatchInput: { 'b.$': '$.b' } },
    MaxConcurrencyPath: '$.c',
    ToleratedFailureCount: 0,
    Label: 'Objects-1/x.y',
    ResultWriter: writer({ Parameters: { 'Bucket.$': '$.b' } }),
    ResultSelector: { 'r.$': '$' },
    ResultPath: '$.r',
    OutputPath: '$.r',
    Retry: [
      { ErrorEquals: ['A', 'B'], MaxAttempts: 0, BackoffRate: 1, JitterStrategy: 'FULL' },
      { ErrorEquals: ['States.ALL'] },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'S' }],
  });
  const good: readonly (readonly [string, Json])[] = [
    ['every field of a Map', inState(everyField)],
    ['Parameters as the old name of ItemSelector', inState(map({ Parameters: { 'v.$': '$$.Map.Item.Value' } }))],
    [
      'MaxConcurrency 0, and paths that are null',
      inState(map({ MaxConcurrency: 0, InputPath: null, ResultPath: null, OutputPath: null })),
    ],
    [
      'both forms of a Lambda task',
      {
        StartAt: 'A',
        States: { A: { ...invoke, Next: 'B', End: undefined } as never, B: task({ Resource: `${FUNCTION}:live` }) },
      },
    ],
    [
      'InvocationType',
      inState(task({ Resource: INVOKE, Parameters: { FunctionName: 'f', InvocationType: 'RequestResponse' } })),
    ],
    ['Pass with Result null', inState(pass({ Result: null }))],
    ['Pass with Result beside Parameters', inState(pass({ Result: 1, Parameters: {} }))],
    ['Fail with nothing', inState({ Type: 'Fail' })],
    ['Succeed with paths', inState({ Type: 'Succeed', InputPath: '$.a', OutputPath: null })],
    ['empty Retry and Catch', inState(task({ Retry: [], Catch: [] }))],
    ['a state named as an inherited member', { StartAt: 'toString', States: { toString: pass() } }],
    ['a name of 80 characters', { StartAt: 'n'.repeat(80), States: { ['n'.repeat(80)]: pass() } }],
    ['Comment and Version', machineOf(pass(), { Comment: '', Version: '1.0', QueryLanguage: 'JSONPath' })],
  ];
  for (const [name, definition] of good) test(name, () => assert.deepEqual(diagnosticsOf(definition), []));

  test('the definition comes back as written', () => {
    const definition = inState(everyField);
    assert.deepEqual(validateDefinition(JSON.stringify(definition)), { ok: true, definition });
  });
});
