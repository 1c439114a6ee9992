import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The code of the functions, copied out of the cloud assembly to a folder of its own as Lambda unpacks it to
 * `/var/task`: no package.json and no node_modules of the project is above it, so what an asset does not hold is missing
 * here too, and a later synthesis does not change a running function.
 */
export class FunctionCode {
  readonly #root: string;
  readonly #copies = new Map<string, Promise<string>>();

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(): Promise<FunctionCode> {
    const root = await mkdtemp(join(tmpdir(), 'crossmap-functions-'));
    await writeFile(join(root, 'package.json'), '{"type":"commonjs"}\n');
    return new FunctionCode(root);
  }

  /** Where code that has no asset may be written before it is placed. */
  get inlineCodeDirectory(): string {
    return join(this.#root, 'inline');
  }

  /** The folder with a copy of the asset; the same for the same asset. */
  place(codeDirectory: string): Promise<string> {
    const known = this.#copies.get(codeDirectory);
    if (known !== undefined) return known;
    const target = join(this.#root, String(this.#copies.size + 1));
    const copy = cp(codeDirectory, target, { recursive: true, dereference: true }).then(() => target);
    this.#copies.set(codeDirectory, copy);
    return copy;
  }

  close(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }
}
