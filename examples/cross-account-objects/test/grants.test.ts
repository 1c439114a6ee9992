import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import { type Denial, startLocal, type TestLocal } from 'crossmap/testing';
import { fillBucket } from '../objects.ts';
import { synthesize } from '../synth.ts';

const TABLE = fileURLToPath(new URL('../../../../docs/reference/grants.md', import.meta.url));
const ACCOUNTS: Readonly<Record<string, string>> = {
  '111111111111': 'BucketAccount',
  '222222222222': 'WorkflowAccount',
};

interface Grant {
  readonly account: string;
  /** The logical id of its resource, without the hash. */
  readonly document: string;
  readonly statement: number;
  readonly action: string;
}

interface Row extends Grant {
  readonly scenario: string;
  readonly source: string;
}

const rows: readonly Row[] = readFileSync(TABLE, 'utf8')
  .split('\n')
  .filter((line) => /^\| \d{12} /.test(line))
  .map((line) => {
    const [, account = '', document = '', statement, action = '', scenario = '', , source = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    return { account, document, statement: Number(statement), action, scenario, source };
  });

interface Statement {
  readonly Effect: string;
  Action: string | string[];
  readonly Resource?: unknown;
}
interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown> & { readonly Roles?: readonly { readonly Ref: string }[] };
}
type Template = { readonly Resources: Readonly<Record<string, Resource>> };

/** The statements that a resource carries. */
function statementsOf({ Properties }: Resource): readonly Statement[] {
  const document = Properties.PolicyDocument ?? Properties.AssumeRolePolicyDocument;
  return (document as { readonly Statement: readonly Statement[] } | undefined)?.Statement ?? [];
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

function readTemplate(assembly: string, account: string): Template {
  return JSON.parse(readFileSync(join(assembly, `${ACCOUNTS[account]}.template.json`), 'utf8')) as Template;
}

function grantsOf(assembly: string): readonly Grant[] {
  return Object.keys(ACCOUNTS).flatMap((account) =>
    Object.entries(readTemplate(assembly, account).Resources).flatMap(([logicalId, resource]) =>
      statementsOf(resource).flatMap(({ Effect, Action }, statement) =>
        Effect === 'Deny'
          ? []
          : [Action].flat().map((action) => ({ account, document: withoutHash(logicalId), statement, action })),
      ),
    ),
  );
}

/** Takes a grant away, wherever its document gives it for that resource. Gives a part of the name of who loses it. */
function removeGrant(assembly: string, { account, document, statement, action }: Grant): string {
  const template = readTemplate(assembly, account);
  const [logicalId, resource] =
    Object.entries(template.Resources).find(([id]) => withoutHash(id) === document) ?? assert.fail(document);
  const statements = statementsOf(resource);
  const on = JSON.stringify(statements[statement]?.Resource);
  for (const each of statements) {
    if (JSON.stringify(each.Resource) !== on) continue;
    const others = [each.Action].flat().filter((one) => one !== action);
    each.Action = others.length > 0 ? others : nothingOf(action);
  }
  writeFileSync(join(assembly, `${ACCOUNTS[account]}.template.json`), JSON.stringify(template));
  if (resource.Type === 'AWS::S3::BucketPolicy') return 'bucket policy of partner-objects';
  const role = resource.Properties.Roles?.[0]?.Ref ?? logicalId;
  return String(template.Resources[role]?.Properties.RoleName ?? withoutHash(role));
}

/** An action that nobody asks for, which may stand where `action` stood. */
function nothingOf(action: string): string {
  if (action.startsWith('sts:')) return 'sts:SetSourceIdentity';
  return action === 's3:ListBucket'
    ? 's3:GetBucketWebsite'
    : action === 's3:GetObject'
      ? 's3:GetObjectTorrent'
      : 'none:None';
}

let folder: string;
let copies = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossmap-grants-'));
  synthesize(join(folder, 'cdk.out'), {});
  withoutRetries(join(folder, 'cdk.out'));
});
after(() => rm(folder, { recursive: true, force: true }));

function assemblyCopy(): string {
  copies += 1;
  const copy = join(folder, `cdk.out.${copies}`);
  cpSync(join(folder, 'cdk.out'), copy, { recursive: true });
  return copy;
}

/** Trying again for a minute changes nothing here. */
function withoutRetries(assembly: string): void {
  const file = join(assembly, 'WorkflowAccount.template.json');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\\"MaxAttempts\\":6', '\\"MaxAttempts\\":0'));
}

/** Replaces the processor's code, so that the Map Run fails. */
function breakProcessor(assembly: string): void {
  const { Resources } = readTemplate(assembly, '222222222222');
  const [, processor] = Object.entries(Resources).find(([id]) => withoutHash(id) === 'Processor') ?? assert.fail();
  const { S3Key } = processor.Properties.Code as { readonly S3Key: string };
  const code = "exports.handler = async () => { throw new Error('broken'); };";
  writeFileSync(join(assembly, `asset.${S3Key.replace('.zip', '')}`, 'index.js'), code);
}

/** How an execution over two objects ends, and what was denied on the way. */
async function outcome(local: TestLocal): Promise<{ readonly status: string; readonly denials: readonly Denial[] }> {
  const objects = new Map(['a', 'b'].map((key) => [key, join(folder, 'cdk.out', 'manifest.json')]));
  await fillBucket(new S3Client(local.clientConfig('111111111111')), 'partner-objects', objects);
  const { status } = await local.start();
  return { status, denials: local.denials() };
}

async function opened(assembly: string, work: (local: TestLocal) => Promise<void>): Promise<void> {
  const local = await startLocal({ assembly, environments: 2 });
  try {
    await work(local);
  } finally {
    await local.close();
  }
}

describe('the grants of the example', () => {
  test('each generated grant stands in the table, with a scenario and a source', () => {
    const name = ({ account, document, statement, action }: Grant) => `${account} ${document}[${statement}] ${action}`;
    assert.deepEqual(rows.map(name).sort(), grantsOf(join(folder, 'cdk.out')).map(name).sort());
    for (const row of rows) {
      assert.match(row.source, /^https:\/\/docs\.aws\.amazon\.com\//, name(row));
      assert.ok(['run', 'deploy', 'failed Map Run', 'log delivery', 'documented'].includes(row.scenario), name(row));
    }
  });

  test('with every grant a run succeeds and a failed Map Run is collected, nothing is denied', async () => {
    await opened(assemblyCopy(), async (local) => {
      assert.deepEqual(await outcome(local), { status: 'SUCCEEDED', denials: [] });
    });
    const broken = assemblyCopy();
    breakProcessor(broken);
    await opened(broken, async (local) => {
      assert.deepEqual(await outcome(local), { status: 'FAILED', denials: [] });
    });
  });

  for (const row of rows.filter(({ scenario }) => scenario !== 'documented')) {
    const { account, document, statement, action, scenario } = row;
    test(`without ${action} of ${document}[${statement}] the scenario ${scenario} fails, and says why`, async () => {
      const assembly = assemblyCopy();
      const loser = removeGrant(assembly, row);
      if (scenario === 'deploy') {
        await assert.rejects(startLocal({ assembly, environments: 2 }), (error: Error) => {
          for (const said of [action, account, loser]) assert.ok(error.message.includes(said), error.message);
          return true;
        });
        return;
      }
      if (scenario === 'failed Map Run') breakProcessor(assembly);
      await opened(assembly, async (local) => {
        const { status, denials } = await outcome(local);
        if (scenario === 'run') assert.equal(status, 'FAILED');
        // What is lost is the log: nothing else fails.
        if (scenario === 'log delivery') assert.equal(status, 'SUCCEEDED');
        assert.deepEqual([...new Set(denials.map((denial) => denial.action))], [action]);
        const missing = denials.flatMap((denial) => denial.missing);
        assert.ok(missing.length > 0);
        for (const { accountId, document } of missing) {
          assert.equal(accountId, account);
          assert.ok(document.includes(loser), `${document} is not that of ${loser}`);
        }
        assert.ok(denials.every(({ explanation }) => explanation.includes(`in account ${account}:`)));
      });
    });
  }
});
