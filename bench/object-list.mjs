// A Distributed Map over an object list of N keys with a no-op Lambda processor, in a server process of its own.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';

export async function objectList(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      keys: { type: 'string', default: '100000' },
      batch: { type: 'string', default: '100' },
      environments: { type: 'string', default: '8' },
    },
  });
  const server = fork(new URL('object-list-server.mjs', import.meta.url), [JSON.stringify(values)], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    server.once('message', resolve);
    server.once('exit', (code) => reject(new Error(`The server process ended with ${code}`)));
  });
}
