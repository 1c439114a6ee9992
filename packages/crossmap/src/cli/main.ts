import { readFileSync } from 'node:fs';
import { denialsSince } from './denials.ts';
import { bugLines, EXIT } from './errors.ts';
import { nodeHost } from './host.ts';
import { run } from './program.ts';
import { connectS3 } from './s3-connection.ts';
import { connect } from './step-functions.ts';

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);

process.on('uncaughtException', (error) => {
  process.stderr.write(`${bugLines(error).join('\n')}\n`);
  process.exit(EXIT.bug);
});

/** Who reads the output has gone, as `head` does: nobody waits any longer. */
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.interrupted);
  });
}

process.exitCode = await run(process.argv.slice(2), nodeHost(), {
  version,
  connect,
  connectS3,
  denialsSince,
  startLocal: async () => (await import('../index.ts')).startLocal,
  serveAccounts: async () => (await import('../index.ts')).serveAccounts,
});
