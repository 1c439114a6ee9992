import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedError } from './errors.ts';

/** A stack of a cloud assembly; account and Region are undefined for a stack without `env`. */
export interface AssemblyStack {
  readonly name: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
}

interface Artifact {
  readonly type?: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly properties?: { readonly stackName?: string; readonly directoryName?: string };
}

/** The stacks that the manifest of a cloud assembly names, those of its stages included, in its order. */
export async function assemblyStacks(assembly: string): Promise<AssemblyStack[]> {
  const stacks: AssemblyStack[] = [];
  for (const [id, artifact] of Object.entries(await artifacts(join(assembly, 'manifest.json')))) {
    const { type, environment = '', displayName, properties } = artifact;
    if (type === 'cdk:cloud-assembly' && properties?.directoryName !== undefined) {
      stacks.push(...(await assemblyStacks(join(assembly, properties.directoryName))));
    }
    if (type !== 'aws:cloudformation:stack') continue;
    const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(environment) ?? [];
    stacks.push({
      name: properties?.stackName ?? displayName ?? id,
      account: account === 'unknown-account' ? undefined : account,
      region: region === 'unknown-region' ? undefined : region,
    });
  }
  return stacks;
}

async function artifacts(manifest: string): Promise<Record<string, Artifact>> {
  try {
    const { artifacts }: { artifacts?: Record<string, Artifact> } = JSON.parse(await readFile(manifest, 'utf8'));
    return artifacts ?? {};
  } catch (error) {
    throw refusedError(`Not a cloud assembly: ${manifest} cannot be read`, {
      details: [error instanceof Error ? error.message : String(error)],
      hint: 'A CDK app writes it when it calls `app.synth()`, or at its end by itself.',
      cause: error,
    });
  }
}
