import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
const source = join(packageRoot, 'src');

/** Folder → the folders it may import. `.` is the public surface: the files directly in `src`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  asl: [],
  iam: [],
  progress: [],
  listing: [],
  sqlite: [],
  functions: [],
  engine: ['asl'],
  'map-run': ['asl', 'engine'],
  'test-state': ['asl', 'engine', 'map-run'],
  s3: ['iam', 'sqlite'],
  store: ['asl', 'engine', 'map-run', 'sqlite'],
  accounts: ['asl', 'iam', 'sqlite', 's3', 'functions', 'engine'],
  server: ['asl', 'iam', 'engine', 'map-run', 'test-state', 's3', 'functions', 'accounts', 'store'],
  '.': ['asl', 'iam', 'engine', 'map-run', 's3', 'functions', 'accounts', 'store', 'server', 'sqlite'],
  cli: ['progress', 'listing', '.'],
};

/** Layers without time, chance, files or network: they import nothing from Node.js and name none of these. */
const PURE = ['asl', 'iam', 'engine', 'progress'];
/** The packages a pure layer may import: those that are pure themselves, each in one file. */
const PURE_PACKAGES: Readonly<Record<string, string>> = { jsonata: 'asl/jsonata/library.ts' };
/** Pure as those are, inside of a layer that is not. */
const PURE_FOLDERS = ['listing/strategy/'];
const IMPURE = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bprocess\.|\bconsole\./;

/** The one place where each of these may stand. */
const ONLY_IN: readonly { readonly what: RegExp; readonly where: RegExp }[] = [
  { what: /\bMath\.random\(/, where: /^$/ },
  { what: /\bDate\.now\(/, where: /^(system|cli\/host)\.ts$/ },
  { what: /\bprocess\.exit\(/, where: /^(cli\/main|functions\/runtime\/runtime)\.ts$/ },
];

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

interface SourceFile {
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(source, { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(source, path), 'utf8').replace(COMMENTS, '');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    return { path: path.split(sep).join('/'), layer: layerOf(path), text, imports };
  });

function layerOf(path: string): string {
  return path.includes(sep) ? (path.split(sep)[0] ?? '.') : '.';
}

test('a layer imports only the layers below it', () => {
  const broken = files.flatMap(({ path, layer, imports }) =>
    imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => layerOf(relative(source, resolve(source, dirname(path), specifier))))
      .filter((imported) => imported !== layer && !MAY_IMPORT[layer]?.includes(imported))
      .map((imported) => `${path} must not import ${imported}`),
  );
  assert.deepEqual(broken, []);
});

test('every folder of the source has its row in the table', () => {
  assert.deepEqual(
    [...new Set(files.map(({ layer }) => layer))].filter((layer) => MAY_IMPORT[layer] === undefined),
    [],
  );
});

test('the pure layers import no module of Node.js and read no clock', () => {
  const broken = files
    .filter(({ layer, path }) => PURE.includes(layer) || PURE_FOLDERS.some((folder) => path.startsWith(folder)))
    .flatMap(({ path, text, imports }) => [
      ...imports
        .filter((specifier) => !specifier.startsWith('.') && PURE_PACKAGES[specifier] !== path)
        .map((specifier) => `${path} imports ${specifier}`),
      ...(IMPURE.exec(text) ?? []).map((found) => `${path} has ${found}`),
    ]);
  assert.deepEqual(broken, []);
});

test('time, chance and exit each stand in one place', () => {
  const broken = ONLY_IN.flatMap(({ what, where }) =>
    files
      .filter(({ path, text }) => what.test(text) && !where.test(path))
      .map(({ path }) => `${path} has ${what.source}`),
  );
  assert.deepEqual(broken, []);
});

test('the constructs and the engine do not import each other', () => {
  const constructs = join(packageRoot, '..', 'crossmap-cdk', 'src');
  const crossing = readdirSync(constructs, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts'))
    .filter((path) => /from 'crossmap['/]/.test(readFileSync(join(constructs, path), 'utf8')));
  const reverse = files.filter(({ imports }) => imports.some((specifier) => specifier.startsWith('crossmap-cdk')));
  assert.deepEqual([...crossing, ...reverse.map(({ path }) => path)], []);
});
