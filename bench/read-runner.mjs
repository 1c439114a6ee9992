// One step of the bench `read`: writes a file of items, or reads it back through the ItemReader.
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';

const COLUMNS = ['Key', 'Size', 'ETag', 'LastModified', 'StorageClass'];
const ROW_GROUP = 100_000;

async function write({ format, path, bytes, seed }) {
  const sum = new Checksum();
  const records = items(seed);
  const next = () => {
    const item = records.next().value;
    sum.add(item.Key, item.Size);
    return item;
  };
  await (format === 'PARQUET' ? writeParquet(path, bytes, next) : writeText(format, path, bytes, next));
  return { items: sum.items, checksum: sum.value };
}

async function read({ format, path }) {
  const { readItems } = await import(
    new URL('../packages/crossmap/dist/src/map-run/item-reader.js', import.meta.url).href
  );
  const config = { JSON: { pointer: [] }, CSV: { delimiter: ',', headers: undefined } }[format];
  const source = {
    kind: 'object',
    at: { bucket: 'bench', key: 'items' },
    format: { type: format, ...config },
    expectedBucketOwner: undefined,
    maxItems: undefined,
  };
  const parent = { accountId: '111111111111', region: 'us-east-1', roleArn: 'role', name: 'bench' };
  const objects = await fileObjects(path);
  const sum = new Checksum();
  const cpu = process.cpuUsage();
  const started = performance.now();
  for await (const some of readItems(source, parent, objects)) {
    for (const { value } of some) sum.add(value.Key, Number(value.Size));
  }
  const seconds = Math.round(performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const cpuSeconds = Math.round((user + system) / 1e4) / 100;
  return { items: sum.items, checksum: sum.value, seconds, cpuSeconds, peakRssMb };
}

/** The port of the engine over one file, in chunks as the embedded store gives them. */
async function fileObjects(path) {
  const { size } = await stat(path);
  const file = await open(path);
  return {
    bucket: async () => ({ accountId: '111111111111', region: 'us-east-1' }),
    get: async (_caller, { range }) => ({
      kind: 'found',
      size,
      etag: '"e"',
      body:
        range === undefined
          ? createReadStream(path, { highWaterMark: 256 * 1024 })
          : once(await file.read(Buffer.alloc(range.to - range.from), 0, range.to - range.from, range.from)),
    }),
  };
}

async function* once({ buffer, bytesRead }) {
  yield buffer.subarray(0, bytesRead);
}

/** Entries of an object list, always the same for a seed. */
function* items(seed) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  for (let n = 0; ; n++) {
    const hex = (random().toString(16) + random().toString(16)).padStart(16, '0');
    const name = random() % 200 === 0 ? `été ${hex}, "copy"` : `object-${hex}`;
    yield {
      Key: `data/2026/part-${String(n % 1000).padStart(4, '0')}/${name}.jpg`,
      Size: random() % 1e9,
      ETag: hex + hex,
      LastModified: 1.7e9 + (random() % 1e7),
      StorageClass: 'STANDARD',
    };
  }
}

/** Depends on the order of the items too. */
class Checksum {
  items = 0;
  value = 0;
  add(key, size) {
    this.items++;
    const { length } = key;
    const sample = key.charCodeAt(length - 6) ^ (key.charCodeAt(length - 9) << 8) ^ (key.charCodeAt(18) << 16);
    this.value = (Math.imul(this.value, 31) + size + length + sample) | 0;
  }
}

const TEXT = {
  JSON: { before: '[', between: ',\n', after: ']', item: JSON.stringify },
  JSONL: { before: '', between: '\n', after: '\n', item: JSON.stringify },
  CSV: {
    before: `${COLUMNS.join(',')}\n`,
    between: '\n',
    after: '\n',
    item: (item) => COLUMNS.map((name) => csvField(String(item[name]))).join(','),
  },
};

function csvField(text) {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function writeText(format, path, bytes, next) {
  const { before, between, after, item } = TEXT[format];
  const out = createWriteStream(path);
  let size = 0;
  let text = before;
  while (size + text.length < bytes) {
    text += (size === 0 && text === before ? '' : between) + item(next());
    if (text.length < 1e6) continue;
    size += Buffer.byteLength(text);
    if (!out.write(text)) await new Promise((resolve) => out.once('drain', resolve));
    text = '';
  }
  await new Promise((resolve) => out.end(text + after, resolve));
}

async function writeParquet(path, bytes, next) {
  const { ParquetWriter, fileWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const types = { Key: 'STRING', Size: 'INT64', ETag: 'STRING', LastModified: 'INT64', StorageClass: 'STRING' };
  const columnData = (rows) =>
    COLUMNS.map((name) => ({
      name,
      type: types[name],
      nullable: false,
      data: rows.map((row) => (types[name] === 'INT64' ? BigInt(row[name]) : row[name])),
    }));
  const writer = fileWriter(path);
  let parquet;
  while ((await stat(path)).size < bytes) {
    const data = columnData(Array.from({ length: ROW_GROUP }, next));
    parquet ??= new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData: data }), codec: 'SNAPPY' });
    parquet.write({ columnData: data, rowGroupSize: ROW_GROUP });
  }
  parquet.finish();
}

const task = JSON.parse(process.argv[2]);
process.send(await (task.step === 'write' ? write(task) : read(task)), () => process.exit());
