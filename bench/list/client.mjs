// One contestant of the bench `list`, in a process of its own: lists, then checks what it wrote against the generator.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { s3Pages } from '../../packages/crossmap/dist/src/listing/http/s3-pages.js';
import { Lister } from '../../packages/crossmap/dist/src/listing/lister.js';

const { port, slots, fields, out } = JSON.parse(process.argv[2]);
const fd = openSync(out, 'w');
const pages = s3Pages({
  bucket: 'bench',
  prefix: '',
  fields,
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${port}`,
  slots,
  credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }),
  now: Date.now,
});
const started = performance.now();
const cpu0 = process.cpuUsage();
const lister = new Lister(
  pages.listPage,
  { prefix: '', slots, partitioned: slots > 1, checkStartAfter: false, sleep, chance: Math.random },
  (page, count) => {
    if (count > 0) writeSync(fd, page.keys.slice(0, count).join('\n') + '\n');
  },
);
const counts = await lister.run();
closeSync(fd);
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpu0);
pages.close();
process.send({
  ...counts,
  seconds,
  keysPerSecond: Math.round(counts.keys / seconds),
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  rss: Math.round(process.resourceUsage().maxRSS / 1024),
});
process.disconnect();
