import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../asl/json.ts';
import type { AssemblyDiagnostics } from './assembly-error.ts';
import type { Environment } from './deployment.ts';

/** A file asset: what a deployment would upload to `bucketName` under `objectKey`. */
export interface Asset {
  /** With the placeholders `${AWS::AccountId}`, `${AWS::Region}` and `${AWS::Partition}`. */
  readonly bucketName: string;
  readonly objectKey: string;
  readonly packaging: string;
  /** As the manifest has it. */
  readonly sourcePath: string;
  readonly path: string;
  readonly kind: 'directory' | 'file' | 'missing';
}

/** The file assets of an asset manifest; `directory` is the folder that holds it, `file` its name for diagnostics. */
export async function readAssets(
  manifest: JsonObject,
  directory: string,
  file: string,
  diagnostics: AssemblyDiagnostics,
): Promise<Asset[]> {
  const assets: Asset[] = [];
  for (const [id, asset] of Object.entries(isJsonObject(manifest.files) ? manifest.files : {})) {
    const source = isJsonObject(asset) && isJsonObject(asset.source) ? asset.source : {};
    const destinations = isJsonObject(asset) && isJsonObject(asset.destinations) ? asset.destinations : {};
    const { path: sourcePath } = source;
    if (typeof sourcePath !== 'string') {
      diagnostics.report(
        'UNSUPPORTED_ASSEMBLY',
        { file, property: `files.${id}.source` },
        'Expected a `path`, found none',
      );
      continue;
    }
    const path = resolve(directory, sourcePath);
    const found = await stat(path).catch(() => undefined);
    const kind = found === undefined ? 'missing' : found.isDirectory() ? 'directory' : 'file';
    const packaging = typeof source.packaging === 'string' ? source.packaging : 'file';
    for (const { bucketName, objectKey } of Object.values(destinations).filter(isDestination)) {
      assets.push({ bucketName, objectKey, packaging, sourcePath, path, kind });
    }
  }
  return assets;
}

/** The asset that a deployment into `environment` would find at this bucket and key. */
export function findAsset(
  assets: readonly Asset[],
  environment: Environment,
  bucketName: string,
  objectKey: string,
): Asset | undefined {
  return assets.find(
    (asset) => asset.objectKey === objectKey && inEnvironment(asset.bucketName, environment) === bucketName,
  );
}

function inEnvironment(text: string, { accountId, region }: Environment): string {
  return text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', 'aws');
}

function isDestination(value: Json): value is JsonObject & { readonly bucketName: string; readonly objectKey: string } {
  return isJsonObject(value) && typeof value.bucketName === 'string' && typeof value.objectKey === 'string';
}
