import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Synthesizes this app into `outdir`, as `crossmap dev` and `cdk synth` do. */
export function synthesize(outdir: string, context: Readonly<Record<string, string>> = {}): void {
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(context),
    CDK_VALIDATION: 'false',
  };
  execFileSync(process.execPath, ['--import', 'tsx', 'app.ts'], { cwd: folder, env, stdio: 'pipe' });
}
