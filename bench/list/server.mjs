// The fake S3 of the bench `list`, in a process of its own: ListObjectsV2 over generated keys, with pages of the bytes
// that S3 sends, latency, throttling, resets and slow answers. Answers `stats` with its CPU seconds and requests.
import { createServer } from 'node:http';
import { compareKeys } from '../../packages/crossmap/dist/src/listing/strategy/key-order.js';
import { keysOf, objectAt, randomOf } from './keys.mjs';

const options = JSON.parse(process.argv[2]);
const { dist, count, seed, latency, jitter = 0, tail = 0, throttle = 0, reset = 0, startAfter = 'right' } = options;
/** Above this the pages are made when they are asked for. */
const MADE_IN_ADVANCE = 2_000_000;
const PAGE = 1_000;

const keys = keysOf(dist, count, seed);
const random = randomOf(seed + 1);
/** As S3 encodes keys: form encoding, slashes kept. */
const urlEncode = (key) =>
  /^[\w.*/-]*$/.test(key)
    ? key
    : encodeURIComponent(key)
        .replaceAll('%20', '+')
        .replaceAll('%2F', '/')
        .replaceAll(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const contents = (i) => {
  const { size, modified, etag, storageClass } = objectAt(i);
  return (
    `<Contents><Key>${urlEncode(keys[i])}</Key><LastModified>${modified}</LastModified><ETag>&quot;${etag}&quot;</ETag>` +
    '<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>' +
    `<Size>${size}</Size><StorageClass>${storageClass}</StorageClass></Contents>`
  );
};

/** All contents one after the other, in buffers of some megabytes, where they begin, and in which buffer. */
const buffers = [];
const begins = count <= MADE_IN_ADVANCE ? new Float64Array(count + 1) : undefined;
if (begins) {
  const STEP = 10_000;
  let offset = 0;
  for (let from = 0; from < count; from += STEP) {
    let text = '';
    for (let i = from; i < Math.min(from + STEP, count); i++) {
      begins[i] = offset + text.length;
      text += contents(i);
    }
    buffers.push({ offset, bytes: Buffer.from(text, 'latin1') });
    offset += text.length;
  }
  begins[count] = offset;
}

function bodyOf(from, to) {
  if (begins === undefined) {
    let text = '';
    for (let i = from; i < to; i++) text += contents(i);
    return [Buffer.from(text, 'latin1')];
  }
  const parts = [];
  for (let b = Math.floor(from / 10_000); b < buffers.length && from < to; b++) {
    const { offset, bytes } = buffers[b];
    if (offset >= begins[to]) break;
    parts.push(bytes.subarray(Math.max(begins[from] - offset, 0), begins[to] - offset));
  }
  return parts;
}

function after(key) {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle], key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

let requests = 0;
let pages = 0;
const server = createServer((request, response) => {
  requests += 1;
  const wait = (latency + (random() * 2 - 1) * jitter) * (random() < tail ? 10 : 1);
  // 503 costs the server nothing and comes at once.
  if (random() < throttle) {
    response.writeHead(503, { 'content-type': 'application/xml' });
    return response.end(
      '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
    );
  }
  const reset_ = random() < reset;
  setTimeout(() => answer(request, response, reset_), wait);
});

function answer(request, response, broken) {
  const url = new URL(request.url, 'http://localhost');
  const query = url.searchParams;
  const token = query.get('continuation-token');
  const prefix = query.get('prefix') ?? '';
  const most = Math.min(Number(query.get('max-keys') ?? PAGE), PAGE);
  const given = startAfter === 'ignored' ? null : query.get('start-after');
  const first = prefix === '' ? 0 : after(prefix) - (keys[after(prefix) - 1] === prefix ? 1 : 0);
  let from = Math.max(first, token !== null ? Number(token) : given !== null ? after(given) : 0);
  let to = Math.min(from + most, count);
  if (prefix !== '') {
    while (to > from && !keys[to - 1].startsWith(prefix)) to -= 1;
    from = Math.min(from, to);
  }
  const truncated = to < count && (prefix === '' || keys[to].startsWith(prefix));
  const encoded = query.get('encoding-type') === 'url';
  const parts = encoded ? bodyOf(from, to) : plainBody(from, to);
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bench</Name>' +
    `<Prefix>${urlEncode(prefix)}</Prefix>` +
    (given === null ? '' : `<StartAfter>${urlEncode(given)}</StartAfter>`) +
    (truncated ? `<NextContinuationToken>${to}</NextContinuationToken>` : '') +
    `<KeyCount>${to - from}</KeyCount><MaxKeys>${most}</MaxKeys>${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
    `<IsTruncated>${truncated}</IsTruncated>`;
  pages += 1;
  response.writeHead(200, { 'content-type': 'application/xml', 'x-amz-bucket-region': 'us-east-1' });
  response.write(head);
  if (broken) {
    response.write(parts[0]?.subarray(0, parts[0].length >> 1) ?? '');
    setTimeout(() => response.socket?.resetAndDestroy(), 1);
    return;
  }
  for (const part of parts) response.write(part);
  response.end('</ListBucketResult>');
}

/** For clients that do not ask for URL encoding. */
function plainBody(from, to) {
  let text = '';
  for (let i = from; i < to; i++) {
    const xml = keys[i].replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    text += contents(i).replace(/<Key>.*<\/Key>/, () => `<Key>${xml}</Key>`);
  }
  return [Buffer.from(text)];
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
let before = { cpu: process.cpuUsage(), requests: 0, pages: 0 };
process.on('message', () => {
  const cpu = process.cpuUsage(before.cpu);
  process.send({
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    requests: requests - before.requests,
    pages: pages - before.pages,
  });
  before = { cpu: process.cpuUsage(), requests, pages };
});
process.on('disconnect', () => process.exit());
