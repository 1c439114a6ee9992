// States per second of a 10-state machine in JSONPath and in JSONata, in memory and durable, beside a peer that keeps
// everything in memory and knows JSONPath only. Each runs in a process of its own, one after the other.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';

export async function states(argv) {
  const { values } = parseArgs({
    args: argv,
    options: { executions: { type: 'string', default: '20000' }, inFlight: { type: 'string', default: '64' } },
  });
  const measure = (contestant) => inProcess({ ...values, ...contestant });
  const memory = await measure({ language: 'JSONPath', engine: 'memory' });
  const peer = await measure({ language: 'JSONPath', engine: 'aws-local-stepfunctions' });
  const durable = await measure({ language: 'JSONPath', engine: 'durable' });
  const jsonataMemory = await measure({ language: 'JSONata', engine: 'memory' });
  const jsonataDurable = await measure({ language: 'JSONata', engine: 'durable' });
  return {
    executions: Number(values.executions),
    statesPerExecution: 10,
    inFlight: Number(values.inFlight),
    jsonPathMemoryStatesPerSecond: memory.statesPerSecond,
    jsonPathDurableStatesPerSecond: durable.statesPerSecond,
    jsonataMemoryStatesPerSecond: jsonataMemory.statesPerSecond,
    jsonataDurableStatesPerSecond: jsonataDurable.statesPerSecond,
    synchronous: durable.synchronous,
    commits: durable.commits,
    peer: { name: 'aws-local-stepfunctions', statesPerSecond: peer.statesPerSecond, peakRssMb: peer.peakRssMb },
    ratioToPeerInMemory: ratio(memory, peer),
    ratioToPeerDurable: ratio(durable, peer),
    cpuSeconds: [memory, durable, jsonataMemory, jsonataDurable].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakRssMb: Math.max(memory.peakRssMb, durable.peakRssMb, jsonataMemory.peakRssMb, jsonataDurable.peakRssMb),
  };
}

function ratio(ours, peer) {
  return Math.round((100 * ours.statesPerSecond) / peer.statesPerSecond) / 100;
}

function inProcess(contestant) {
  const child = fork(new URL('states-runner.mjs', import.meta.url), [JSON.stringify(contestant)], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`The process of ${JSON.stringify(contestant)} ended with ${code}`)));
  });
}
