import { readFile } from 'node:fs/promises';
import { MockConfig, MockConfigError } from './mock-config.ts';

/** Reads a mock configuration from its file. Rejects with `MockConfigError`, which names the file. */
export async function readMockConfig(file: string): Promise<MockConfig> {
  const text = await readFile(file, 'utf8').catch((error: Error) => unusable(file, error.message));
  try {
    return new MockConfig(JSON.parse(text));
  } catch (error) {
    if (error instanceof MockConfigError) return unusable(file, ...error.message.split('\n').slice(1));
    if (error instanceof SyntaxError) return unusable(file, `expected JSON: ${error.message}`);
    throw error;
  }
}

function unusable(file: string, ...problems: readonly string[]): never {
  throw new MockConfigError([`The mock configuration ${file} cannot be used`, ...problems].join('\n'));
}
