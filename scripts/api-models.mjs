// Writes packages/crossmap/api-models/*.json anew: the output shapes of AWS service APIs, for TestState's mocked results.
//
//   node scripts/api-models.mjs BOTOCORE
//
// BOTOCORE is the unpacked Python package botocore (Apache-2.0) of one release. TestState was recorded in December 2025
// against models older than that month's: with botocore 1.41.5 (2025-11-26) all recordings agree, with 1.42.1 not.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Name in the resource of an `aws-sdk` integration → folder of the model. */
const SERVICES = {
  dynamodb: 'dynamodb',
  ecs: 'ecs',
  eventbridge: 'events',
  kms: 'kms',
  lambda: 'lambda',
  s3: 's3',
  sfn: 'stepfunctions',
  sns: 'sns',
  sqs: 'sqs',
  sts: 'sts',
};

/** What a value is in JSON. Blobs are base64 text, timestamps are ISO 8601 text. */
const KINDS = {
  string: 'string',
  character: 'string',
  blob: 'string',
  timestamp: 'string',
  integer: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
};

const [botocore] = process.argv.slice(2);
if (botocore === undefined) throw new Error('Expected the folder of botocore as argument');
const release = /__version__ = '(.+)'/.exec(readFileSync(join(botocore, '__init__.py'), 'utf8'))?.[1];

for (const [service, folder] of Object.entries(SERVICES)) {
  const versions = join(botocore, 'data', folder);
  const version = readdirSync(versions).sort().at(-1);
  const model = JSON.parse(gunzipSync(readFileSync(join(versions, version, 'service-2.json.gz'))));
  const target = new URL(`../packages/crossmap/api-models/${service}.json`, import.meta.url);
  writeFileSync(target, page(`botocore ${release}, ${basename(versions)} ${version}`, model));
}

function page(source, { operations, shapes }) {
  const kept = {};
  const outputs = Object.entries(operations).map(([name, { output }]) => [
    name,
    output === undefined ? null : keep(output.shape, shapes, kept),
  ]);
  const lines = (entries) => entries.map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{
  "source": ${JSON.stringify(source)},
  "operations": {
${lines(outputs.sort(byName)).join(',\n')}
  },
  "shapes": {
${lines(Object.entries(kept).sort(byName)).join(',\n')}
  }
}
`;
}

function byName([a], [b]) {
  return a < b ? -1 : 1;
}

/** Keeps a shape with those below it; gives its name, or its kind where the kind says all. */
function keep(name, shapes, kept) {
  const { type, min, max, enum: values, required, members, member, value, document } = shapes[name];
  if (document) return 'any';
  const limits = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  const kind = KINDS[type] ?? type;
  if (KINDS[type] !== undefined) {
    if (values === undefined && Object.keys(limits).length === 0) return kind;
    kept[name] ??= { kind, ...limits, ...(values && { enum: values }) };
    return name;
  }
  if (kept[name] !== undefined) return name;
  const shape = { kind, ...limits };
  kept[name] = shape;
  if (type === 'list') shape.member = keep(member.shape, shapes, kept);
  else if (type === 'map') shape.member = keep(value.shape, shapes, kept);
  else {
    if (required?.length > 0) shape.required = required.map(pascalCase);
    const fields = Object.entries(members).map(([field, { shape }]) => [pascalCase(field), keep(shape, shapes, kept)]);
    shape.members = Object.fromEntries(fields);
  }
  return name;
}

/** How Step Functions writes the names of members. */
function pascalCase(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
