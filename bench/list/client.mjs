// Runs one contestant of the bench `list` in a process of its own, and gives its time, CPU and memory.
import { contestants } from './contestants.mjs';

const { name, ...options } = JSON.parse(process.argv[2]);
const before = process.cpuUsage();
const started = performance.now();
const counts = await contestants[name](options);
const seconds = (performance.now() - started) / 1000;
const own = process.cpuUsage(before);
const ended = process.resourceUsage();
process.send({
  retries: counts.retries ?? 0,
  seconds,
  cpuSeconds: (own.user + own.system) / 1e6,
  peakRssMb: Math.round(ended.maxRSS / 1024),
});
process.disconnect();
