import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command, versionOf } from './command.mjs';
import { expectEqual, sameFiles, sha256OfFile, writeFiles, writeLargeFile } from './files.mjs';

export const awsCli = {
  version: () => versionOf('aws', '--version'),
  checks: ({ endpoint, main, other, folder, bucket, files, largeMiB, partner }) => {
    const aws = (...args) => command('aws', ['--endpoint-url', endpoint, ...args], { env: main });
    const asOther = (...args) => command('aws', ['--endpoint-url', endpoint, ...args], { env: other });
    const api = async (...args) => JSON.parse((await aws('s3api', ...args, '--output', 'json')) || '{}');
    const local = join(folder, 'local');
    const back = join(folder, 'back');
    const large = join(folder, 'large.bin');
    return [
      [
        'sts get-caller-identity',
        async () => expectEqual(JSON.parse(await aws('sts', 'get-caller-identity')).Account, main.ACCOUNT, 'Account'),
      ],
      [
        's3 mb, s3 ls',
        async () => {
          await aws('s3', 'mb', `s3://${bucket}`);
          if (!(await aws('s3', 'ls')).includes(bucket)) throw new Error('The bucket is not listed');
        },
      ],
      [
        `s3 sync of ${files} files up`,
        async () => {
          await mkdir(local, { recursive: true });
          await writeFiles(local, files);
          await aws('s3', 'sync', local, `s3://${bucket}/tree`, '--only-show-errors');
        },
      ],
      [
        's3 sync again uploads nothing',
        async () => expectEqual(await aws('s3', 'sync', local, `s3://${bucket}/tree`), '', 'output'),
      ],
      [
        's3 ls --recursive --summarize',
        async () => {
          const summary = await aws('s3', 'ls', '--recursive', '--summarize', `s3://${bucket}/tree`);
          expectEqual(/Total Objects: (\d+)/.exec(summary)?.[1], String(files), 'objects');
        },
      ],
      [
        `s3 sync of ${files} files down`,
        async () => {
          await aws('s3', 'sync', `s3://${bucket}/tree`, back, '--only-show-errors');
          await sameFiles(local, back);
        },
      ],
      [
        `s3 cp of ${largeMiB} MiB by multipart, both ways`,
        async () => {
          await writeLargeFile(large, largeMiB);
          await aws('s3', 'cp', large, `s3://${bucket}/large.bin`, '--only-show-errors');
          await aws('s3', 'cp', `s3://${bucket}/large.bin`, `${large}.back`, '--only-show-errors');
          expectEqual(await sha256OfFile(`${large}.back`), await sha256OfFile(large), 'SHA-256');
        },
      ],
      [
        's3 cp from bucket to bucket',
        async () => {
          await aws('s3', 'cp', `s3://${bucket}/large.bin`, `s3://${bucket}/copy.bin`, '--only-show-errors');
          expectEqual(
            (await api('head-object', '--bucket', bucket, '--key', 'copy.bin')).ContentLength,
            largeMiB * 1024 * 1024,
            'size',
          );
        },
      ],
      [
        's3 presign',
        async () => {
          await command('aws', ['--endpoint-url', endpoint, 's3', 'cp', '-', `s3://${bucket}/presigned.txt`], {
            env: main,
            input: 'signed',
          });
          // For us-east-1 the CLI still signs by version 2, which buckets made since 2020 do not take.
          const config = join(folder, 'config');
          await writeFile(config, '[default]\ns3 =\n  signature_version = s3v4\n');
          const env = { ...main, AWS_CONFIG_FILE: config };
          const presign = ['--endpoint-url', endpoint, 's3', 'presign', `s3://${bucket}/presigned.txt`];
          const url = (await command('aws', presign, { env })).trim();
          expectEqual(await (await fetch(url)).text(), 'signed', 'body');
        },
      ],
      [
        's3 mv',
        async () => {
          await aws('s3', 'mv', `s3://${bucket}/presigned.txt`, `s3://${bucket}/moved.txt`);
          expectEqual(await aws('s3', 'cp', `s3://${bucket}/moved.txt`, '-'), 'signed', 'body');
        },
      ],
      [
        's3api versioning, delete markers, list-object-versions',
        async () => {
          const versioned = `${bucket}-versions`;
          await api('create-bucket', '--bucket', versioned);
          await api('put-bucket-versioning', '--bucket', versioned, '--versioning-configuration', 'Status=Enabled');
          for (const text of ['one', 'two']) {
            await command('aws', ['--endpoint-url', endpoint, 's3', 'cp', '-', `s3://${versioned}/a`], {
              env: main,
              input: text,
            });
          }
          await api('delete-object', '--bucket', versioned, '--key', 'a');
          const { Versions, DeleteMarkers } = await api('list-object-versions', '--bucket', versioned);
          expectEqual(Versions.length, 2, 'versions');
          expectEqual(DeleteMarkers.length, 1, 'delete markers');
        },
      ],
      [
        'kms keys and aliases, s3 cp under a key, a default for the bucket, another account shut out',
        async () => {
          const kms = async (...args) => JSON.parse((await aws('kms', ...args, '--output', 'json')) || '{}');
          const { Arn } = (await kms('create-key', '--description', 'of the checks')).KeyMetadata;
          await kms('create-alias', '--alias-name', 'alias/checks', '--target-key-id', Arn);
          const sse = ['--sse', 'aws:kms', '--sse-kms-key-id', 'alias/checks', '--only-show-errors'];
          await aws('s3', 'cp', large, `s3://${bucket}/encrypted.bin`, ...sse);
          await aws('s3', 'cp', `s3://${bucket}/encrypted.bin`, `${large}.decrypted`, '--only-show-errors');
          expectEqual(await sha256OfFile(`${large}.decrypted`), await sha256OfFile(large), 'SHA-256');
          const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: Arn } };
          const configuration = JSON.stringify({ Rules: [{ ...rule, BucketKeyEnabled: true }] });
          const secret = `${bucket}-secret`;
          await api('create-bucket', '--bucket', secret);
          await api(
            'put-bucket-encryption',
            '--bucket',
            secret,
            '--server-side-encryption-configuration',
            configuration,
          );
          await aws('s3', 'cp', `s3://${bucket}/encrypted.bin`, `s3://${secret}/copy.bin`, '--only-show-errors');
          const head = await api('head-object', '--bucket', secret, '--key', 'copy.bin');
          expectEqual(head.SSEKMSKeyId, Arn, 'key');
          expectEqual(head.BucketKeyEnabled, true, 'bucket key');
          const refused = await asOther('kms', 'describe-key', '--key-id', Arn).then(
            () => 'none',
            (error) => error.message,
          );
          if (!refused.includes('AccessDeniedException')) throw new Error(`Expected a refusal, got: ${refused}`);
        },
      ],
      [
        's3api tagging, attributes, copy-object',
        async () => {
          await api(
            'put-object-tagging',
            '--bucket',
            bucket,
            '--key',
            'moved.txt',
            '--tagging',
            'TagSet=[{Key=a,Value=b}]',
          );
          expectEqual(
            (await api('get-object-tagging', '--bucket', bucket, '--key', 'moved.txt')).TagSet[0].Value,
            'b',
            'tag',
          );
          const { ObjectSize } = await api(
            'get-object-attributes',
            '--bucket',
            bucket,
            '--key',
            'moved.txt',
            '--object-attributes',
            'ObjectSize',
            'ETag',
          );
          expectEqual(ObjectSize, 6, 'size');
          await api('copy-object', '--bucket', bucket, '--key', 'copied.txt', '--copy-source', `${bucket}/moved.txt`);
        },
      ],
      [
        'the other account is denied',
        async () => {
          const denied = await asOther('s3', 'ls', `s3://${bucket}`).then(
            () => '',
            (error) => error.message,
          );
          if (!denied.includes('AccessDenied')) throw new Error(`Expected AccessDenied, got: ${denied || 'a listing'}`);
        },
      ],
      [
        'a bucket of the other account, by its policy',
        async () => {
          if (!(await aws('s3', 'ls', `s3://${partner}`)).includes('hello.txt'))
            throw new Error('hello.txt is not listed');
        },
      ],
      [
        'sts assume-role with an external id',
        async () => {
          const { Credentials } = JSON.parse(
            await aws(
              'sts',
              'assume-role',
              '--role-arn',
              other.ROLE,
              '--role-session-name',
              'check',
              '--external-id',
              'tenant-1',
            ),
          );
          const env = {
            ...main,
            AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
            AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
            AWS_SESSION_TOKEN: Credentials.SessionToken,
          };
          const listed = await command('aws', ['--endpoint-url', endpoint, 's3', 'ls', `s3://${partner}`], { env });
          if (!listed.includes('hello.txt')) throw new Error('hello.txt is not listed');
        },
      ],
      [
        'iam: make, look at and remove a role, a user, a policy and a key',
        async () => {
          const iam = async (...args) => JSON.parse((await aws('iam', ...args, '--output', 'json')) || '{}');
          const trust = JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { AWS: main.ACCOUNT }, Action: 'sts:AssumeRole' }],
          });
          const document = JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
          });
          const { Role } = await iam('create-role', '--role-name', 'checked', '--assume-role-policy-document', trust);
          await iam('put-role-policy', '--role-name', 'checked', '--policy-name', 'all', '--policy-document', document);
          const { Policy } = await iam('create-policy', '--policy-name', 'managed', '--policy-document', document);
          await iam('attach-role-policy', '--role-name', 'checked', '--policy-arn', Policy.Arn);
          expectEqual(
            (await iam('list-attached-role-policies', '--role-name', 'checked')).AttachedPolicies.length,
            1,
            'attached',
          );
          expectEqual((await iam('get-role', '--role-name', 'checked')).Role.RoleId, Role.RoleId, 'role id');
          await iam('create-user', '--user-name', 'checked');
          const { AccessKey } = await iam('create-access-key', '--user-name', 'checked');
          await iam('delete-access-key', '--user-name', 'checked', '--access-key-id', AccessKey.AccessKeyId);
          await iam('delete-user', '--user-name', 'checked');
          await iam('detach-role-policy', '--role-name', 'checked', '--policy-arn', Policy.Arn);
          await iam('delete-role-policy', '--role-name', 'checked', '--policy-name', 'all');
          await iam('delete-role', '--role-name', 'checked');
          await iam('delete-policy', '--policy-arn', Policy.Arn);
        },
      ],
      [
        's3 rm --recursive, s3 rb',
        async () => {
          await aws('s3', 'rm', '--recursive', '--only-show-errors', `s3://${bucket}`);
          await aws('s3', 'rb', `s3://${bucket}`);
        },
      ],
    ];
  },
};
