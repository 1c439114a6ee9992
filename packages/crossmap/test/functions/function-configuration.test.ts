import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHandler } from '../../src/functions/function-configuration.ts';
import { hosted } from './hosted.ts';

const code = { 'index.js': 'exports.handler = async () => 1;' };

const refusals = [
  { of: 'another runtime', with: { runtime: 'python3.12' }, says: /expected `Runtime` to be `nodejs\*`.*`python3.12`/ },
  { of: 'a timeout of zero', with: { timeoutSeconds: 0 }, says: /`Timeout`.*got `0`/ },
  { of: 'a timeout of 901 s', with: { timeoutSeconds: 901 }, says: /`Timeout`.*got `901`/ },
  { of: 'too little memory', with: { memorySizeMb: 127 }, says: /`MemorySize`.*got `127`/ },
  { of: 'half a megabyte', with: { memorySizeMb: 128.5 }, says: /`MemorySize`.*got `128.5`/ },
  { of: 'a handler without function', with: { handler: 'index' }, says: /`Handler`.*got `index`/ },
  { of: 'a handler outside of the code', with: { handler: '../index.handler' }, says: /`Handler`.*got `\.\.\/index/ },
  { of: 'a missing handler file', with: { handler: 'dir/main.handler' }, says: /`dir\/main.handler`.*no file .*main/ },
  { of: 'a variable of Lambda', with: { environment: { AWS_REGION: 'x' } }, says: /Lambda sets itself.*`AWS_REGION`/ },
  { of: 'a malformed variable', with: { environment: { 'A-B': 'x' } }, says: /environment variable.*`A-B`/ },
  { of: 'over 4 KB of variables', with: { environment: { LONG: 'x'.repeat(4096) } }, says: /4096 bytes.*got `\d+`/ },
];

for (const refusal of refusals) {
  test(`a function with ${refusal.of} is refused by name`, (t) => {
    const { add } = hosted(t);
    assert.throws(() => add(code, refusal.with), { name: 'FunctionConfigurationError', message: refusal.says });
  });
}

test('a second function of the same ARN is refused', (t) => {
  const { add, host } = hosted(t);
  add(code, { functionName: 'twice' });
  assert.throws(() => add(code, { functionName: 'twice' }), /already exist: twice/);
  assert.deepEqual(
    host.functions().map((configuration) => configuration.functionName),
    ['twice'],
  );
});

test('a handler string names a module and a path of properties', () => {
  assert.deepEqual(parseHandler('index.handler'), { module: 'index', properties: ['handler'] });
  assert.deepEqual(parseHandler('src/app.routes.list'), { module: 'src/app', properties: ['routes', 'list'] });
  for (const malformed of ['', '.', 'index', 'index.', '.handler', 'a/b', 'index..handler', 'my index.handler']) {
    assert.equal(parseHandler(malformed), undefined, malformed);
  }
});
