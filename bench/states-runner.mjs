// One contestant of the bench `states`: N executions of the 10-state machine, so many at a time; checks each output.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';

const dist = new URL('../packages/crossmap/dist/src/', import.meta.url);
const ours = (file) => import(new URL(file, dist));
const { executions, inFlight, language, engine } = JSON.parse(process.argv[2]);

const pass = (fields) => ({ Type: 'Pass', ...fields });
const jsonPath = {
  Select: pass({ Parameters: { 'n.$': '$.order.n', 'id.$': '$.order.id', 'tags.$': '$.order.tags[*]' } }),
  Add: pass({ Parameters: { 'n.$': 'States.MathAdd($.n, 1)', 'id.$': '$.id', 'tags.$': '$.tags' } }),
  Count: pass({ Parameters: { 'count.$': 'States.ArrayLength($.tags)' }, ResultPath: '$.size' }),
  IsMany: {
    Type: 'Choice',
    Choices: [{ Variable: '$.size.count', NumericGreaterThan: 2, Next: 'Mark' }],
    Default: 'No',
  },
  Mark: pass({ Result: { many: true }, ResultPath: '$.mark' }),
  Name: pass({ Parameters: { 'text.$': "States.Format('{}-{}', $.id, $.n)" }, ResultPath: '$.name' }),
  IsNamed: { Type: 'Choice', Choices: [{ Variable: '$.name.text', IsString: true, Next: 'First' }], Default: 'No' },
  First: pass({ Parameters: { 'first.$': '$.tags[0]' }, ResultPath: '$.first' }),
  Gather: pass({ Parameters: { 'name.$': '$.name.text', 'first.$': '$.first.first', 'many.$': '$.mark.many' } }),
  Done: { Type: 'Succeed' },
  No: { Type: 'Fail', Error: 'No' },
};
const add = (field) => `{% $merge([$states.input, ${field}]) %}`;
const jsonata = {
  Select: pass({
    Output: {
      n: '{% $states.input.order.n %}',
      id: '{% $states.input.order.id %}',
      tags: '{% $states.input.order.tags %}',
    },
  }),
  Add: pass({
    Output: { n: '{% $states.input.n + 1 %}', id: '{% $states.input.id %}', tags: '{% $states.input.tags %}' },
  }),
  Count: pass({ Output: add("{'size': {'count': $count($states.input.tags)}}") }),
  IsMany: {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.size.count > 2 %}', Next: 'Mark' }],
    Default: 'No',
  },
  Mark: pass({ Output: add("{'mark': {'many': true}}") }),
  Name: pass({ Output: add("{'name': {'text': $states.input.id & '-' & $string($states.input.n)}}") }),
  IsNamed: {
    Type: 'Choice',
    Choices: [{ Condition: "{% $type($states.input.name.text) = 'string' %}", Next: 'First' }],
    Default: 'No',
  },
  First: pass({ Output: add("{'first': {'first': $states.input.tags[0]}}") }),
  Gather: pass({
    Output: {
      name: '{% $states.input.name.text %}',
      first: '{% $states.input.first.first %}',
      many: '{% $states.input.mark.many %}',
    },
  }),
  Done: { Type: 'Succeed' },
  No: { Type: 'Fail', Error: 'No' },
};
const States = language === 'JSONata' ? jsonata : jsonPath;
Object.keys(States).forEach((name, i, names) => {
  if (States[name].Type === 'Pass') States[name].Next = names[i + 1];
});
const definition = { QueryLanguage: language, StartAt: 'Select', States };
const input = (i) => ({ order: { n: i, id: `order-${i}`, tags: ['a', 'b', 'c'] } });
const expected = (i) => JSON.stringify({ name: `order-${i}-${i + 1}`, first: 'a', many: true });

const folder = await mkdtemp(join(tmpdir(), 'crossmap-bench-'));
const { run, store, close } = engine === 'aws-local-stepfunctions' ? peer() : await embedded();
const warmUp = Math.min(2000, Number(executions));
await drive(0, warmUp);
const [started, cpu] = [performance.now(), process.cpuUsage()];
await drive(warmUp, Number(executions));
const seconds = (performance.now() - started) / 1000;
const used = process.cpuUsage(cpu);
const figures = {
  statesPerSecond: Math.round((10 * Number(executions)) / seconds),
  cpuSeconds: (used.user + used.system) / 1e6,
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  synchronous: store?.synchronous,
  commits: store?.commits,
};
await close();
await rm(folder, { recursive: true });
process.send(figures, () => process.exit(0));

async function drive(from, count) {
  let next = from;
  const worker = async () => {
    while (next < from + count) {
      const i = next++;
      const output = await run(i);
      if (output !== expected(i)) throw new Error(`Expected ${expected(i)}, got ${output}`);
    }
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, worker));
}

function peer() {
  const { QueryLanguage: _, ...known } = definition;
  const machine = new StateMachine(known);
  return { run: async (i) => JSON.stringify(await machine.run(input(i)).result), close: async () => {} };
}

async function embedded() {
  const { compileMachine } = await ours('asl/machine.js');
  const { Executions } = await ours('engine/executions.js');
  const { MemoryStore } = await ours('store/memory-store.js');
  const { openSqliteStore } = await ours('store/sqlite-store.js');
  const { systemClock: clock, systemIds: ids } = await ours('system.js');
  const durable = engine === 'durable' ? await openSqliteStore(join(folder, 'executions.sqlite')) : undefined;
  const machine = compileMachine(definition);
  const onFault = (fault) => {
    throw fault;
  };
  const service = new Executions({ clock, ids, store: durable ?? new MemoryStore(), tasks: {}, mapRuns: {}, onFault });
  const arn = 'arn:aws:states:us-east-1:111111111111';
  const run = async (i) => {
    const inputText = JSON.stringify(input(i));
    const header = {
      executionArn: `${arn}:execution:bench:${i}`,
      name: String(i),
      stateMachineArn: `${arn}:stateMachine:bench`,
      stateMachineName: 'bench',
      roleArn: 'arn:aws:iam::111111111111:role/bench',
      region: 'us-east-1',
      accountId: '111111111111',
      startDate: clock.now(),
      input: JSON.parse(inputText),
    };
    return (await service.start({ header, inputText, machine }).ended).output;
  };
  return { run, store: durable, close: async () => durable?.close() };
}
