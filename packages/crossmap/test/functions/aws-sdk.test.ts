import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, hosted, value } from './hosted.ts';

/** Code in a temporary folder, from which no package resolves. */
const clients = [
  {
    of: 'require',
    files: {
      'index.js': "const { S3Client } = require('@aws-sdk/client-s3'); exports.handler = async () => S3Client.name;",
    },
  },
  {
    of: 'import',
    files: {
      'index.mjs': "import { S3Client } from '@aws-sdk/client-s3'; export const handler = async () => S3Client.name;",
    },
  },
  {
    of: 'import() in CommonJS',
    files: { 'index.js': "exports.handler = async () => (await import('@aws-sdk/client-s3')).S3Client.name;" },
  },
];

for (const { of, files } of clients) {
  test(`the AWS SDK of the Lambda runtime is there for ${of}`, async (t) => {
    const { add, invoke } = hosted(t);
    assert.equal(value(await invoke(add(files))), 'S3Client');
  });
}

test('a package of the SDK that the function brings is taken before ours', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({
    'index.js': "exports.handler = async () => require('@aws-sdk/client-s3').mine;",
    'node_modules/@aws-sdk/client-s3/index.js': 'exports.mine = true;',
  });
  assert.equal(value(await invoke(arn)), true);
});

for (const [file, text] of [
  ['index.js', "require('@aws-sdk/client-none'); exports.handler = async () => 1;"],
  ['index.mjs', "import '@aws-sdk/client-none'; export const handler = async () => 1;"],
] as const) {
  test(`a client that is not installed is named with the way to install it (${file})`, async (t) => {
    const { add, invoke } = hosted(t);
    const { errorType, errorMessage } = failure(await invoke(add({ [file]: text })));
    assert.equal(errorType, 'Runtime.ImportModuleError');
    assert.match(errorMessage, /'@aws-sdk\/client-none'.*npm install @aws-sdk\/client-none$/);
  });
}

test('no other package is lent to a function', async (t) => {
  const { add, invoke } = hosted(t);
  const arn = add({ 'index.js': "require('commander');" });
  assert.match(failure(await invoke(arn)).errorMessage, /^Error: Cannot find module 'commander'/);
});

test("only the SDK's warning about the version of Node.js is silenced", async (t) => {
  const { add, invoke, logged, host } = hosted(t);
  const arn = add({
    'index.js': `exports.handler = async () => {
      new (require('@aws-sdk/client-s3').S3Client)({});
      process.emitWarning('NodeDeprecationWarning: The AWS SDK for JavaScript (v3) will\\nno longer support this');
      process.emitWarning('mine to see');
      await new Promise(setImmediate);
    };`,
  });
  await invoke(arn);
  await logged(arn, 'mine to see');
  assert.equal(
    host.logs(arn).some((event) => event.message.includes('AWS SDK for JavaScript')),
    false,
  );
});
