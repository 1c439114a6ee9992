import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';

suite('what runs in Lambda', () => {
  test('a deployed handler needs nothing but Node and the AWS SDK', () => {
    for (const name of ['list-objects', 'collect-results']) {
      const code = readFileSync(
        require.resolve(`crossmap-cdk/package.json`).replace('package.json', `lib/handlers/${name}/index.js`),
        'utf8',
      );
      const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module]) => module ?? '');
      assert.ok(required.includes('@aws-sdk/client-s3'), name);
      for (const module of required) assert.match(module, /^(node:|@aws-sdk\/)/, name);
    }
  });

  test('TypeScript finds crossmap-cdk/lambda also where it does not read exports', () => {
    const manifest: Manifest = JSON.parse(readFileSync(require.resolve('crossmap-cdk/package.json'), 'utf8'));
    assert.equal(`./${manifest.typesVersions['*'].lambda[0]}`, manifest.exports['./lambda'].types);
  });

  test('crossmap-cdk/lambda never loads aws-cdk-lib or constructs', () => {
    const program = "require('crossmap-cdk/lambda'); console.log(Object.keys(require.cache).join('\\n'))";
    const loaded = execFileSync(process.execPath, ['--no-warnings', '-e', program], {
      cwd: __dirname,
      encoding: 'utf8',
    });
    assert.match(loaded, /client-s3/);
    assert.doesNotMatch(loaded, /aws-cdk-lib|node_modules.constructs/);
  });
});

interface Manifest {
  readonly exports: { readonly './lambda': { readonly types: string } };
  readonly typesVersions: { readonly '*': { readonly lambda: readonly string[] } };
}
