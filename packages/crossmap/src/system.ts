import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids } from './engine/ports.ts';

/** The longest wait that a timer of Node.js can hold, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(time, run) {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const left = time - Date.now();
      timer = left > LONGEST_TIMER ? setTimeout(wait, LONGEST_TIMER) : setTimeout(run, Math.max(0, left));
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** Identity and chance of this machine. */
export const systemIds: Ids = {
  uuid: () => randomUUID(),
  nameUuid(namespace, name) {
    const hash = createHash('md5').update(namespace).update('/').update(name).digest();
    hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x30;
    hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
    const hex = hash.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  },
  seed: () => randomBytes(4).readUInt32LE(),
};
