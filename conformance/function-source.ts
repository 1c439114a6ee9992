import { crc32 } from 'node:zlib';
import type { Behaviour } from './case.ts';

/** A Python module `handler.py` whose `handler` behaves so. */
export function pythonSource(behaviour: Behaviour): string {
  const [first = '', ...rest] = statements(behaviour);
  const body = [first, ...rest].map((line) => `    ${line}\n`).join('');
  const own = raised(behaviour);
  const exception =
    own === undefined
      ? ''
      : `import builtins\n${own} = getattr(builtins, "${own}", type("${own}", (Exception,), {}))\n`;
  return `def handler(event, context):\n${body}import json\nimport time\n${exception}`;
}

function statements(behaviour: Behaviour): readonly string[] {
  switch (behaviour.kind) {
    case 'echo':
      return ['return event'];
    case 'return':
      return [`return json.loads(${JSON.stringify(JSON.stringify(behaviour.value))})`];
    case 'raise':
      return [
        `raise ${behaviour.errorType}(${behaviour.errorMessage === '' ? '' : JSON.stringify(behaviour.errorMessage)})`,
      ];
    case 'sleep':
      return [`time.sleep(${behaviour.seconds})`, ...statements(behaviour.then)];
    case 'returnLargeString':
      return [`return ${JSON.stringify(behaviour.char)} * ${behaviour.bytes}`];
    case 'template':
      return [`return ${JSON.stringify(behaviour.template)}.replace("{event}", str(event))`];
  }
}

function raised(behaviour: Behaviour): string | undefined {
  if (behaviour.kind === 'sleep') return raised(behaviour.then);
  return behaviour.kind === 'raise' ? behaviour.errorType : undefined;
}

/** A ZIP archive of one file, stored as it is. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 */
export function zipOf(name: string, content: string): Buffer {
  const [file, data] = [Buffer.from(name), Buffer.from(content)];
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, file, data]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(0o100644 * 0x10000, 6);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), fields, attributes, file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}
