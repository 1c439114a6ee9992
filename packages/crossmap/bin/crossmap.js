#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    'error: crossmap has not been built\nhint: Run `npm run build` in the folder of the repository.\n',
  );
  process.exitCode = 3;
}
