// Writes docs/reference/compatibility.md from the tables that the code itself works by. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { RESOURCE_TYPES, SKIPPED_TYPES } from '../packages/crossmap/dist/src/accounts/resources/resource-types.js';
import { OPERATIONS } from '../packages/crossmap/dist/src/s3/operations.js';
import { iamOperations } from '../packages/crossmap/dist/src/server/iam/operations.js';
import { kmsOperations } from '../packages/crossmap/dist/src/server/kms/operations.js';
import { logsOperations } from '../packages/crossmap/dist/src/server/logs/operations.js';
import { operations } from '../packages/crossmap/dist/src/server/step-functions/operations.js';
import { stsOperations } from '../packages/crossmap/dist/src/server/sts/operations.js';

const target = new URL('../docs/reference/compatibility.md', import.meta.url);
const notes = readFileSync(new URL('compatibility-notes.md', import.meta.url), 'utf8');
const names = (table) =>
  [...(table instanceof Map ? table.keys() : Object.keys(table))].sort().map((name) => `\`${name}\``);

const page = `${notes.trimEnd()}

## Step Functions API

${names(operations).join(', ')}. Any other operation answers \`UnknownOperationException\` with its name.

## CloudWatch Logs API

${names(logsOperations).join(', ')}.

## IAM API

${names(iamOperations).join(', ')}. Any other operation or parameter answers \`NotImplemented\` with its name.

## STS API

${names(stsOperations).join(', ')}. Any other operation or parameter answers \`NotImplemented\` with its name.

## KMS

${names(kmsOperations).join(', ')}. Any other operation answers \`UnknownOperationException\` with its name.

## S3

${names(OPERATIONS).join(', ')}. Any other operation, header or query parameter answers \`NotImplemented\` with its name.

## CloudFormation

Deployed: ${names(RESOURCE_TYPES).join(', ')}.
Named and skipped, because they mean nothing here: ${names(SKIPPED_TYPES).join(', ')}.
Any other type, property or intrinsic function stops the load and is named with its place.
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== page) {
    console.error('docs/reference/compatibility.md is not what the tables say: run `npm run compatibility`');
    process.exitCode = 1;
  }
} else writeFileSync(target, page);
