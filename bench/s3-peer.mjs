// The peer of the bench `s3`, where it is installed: `npm install --no-save s3rver`.
const { folder } = JSON.parse(process.argv[2]);
let S3rver;
try {
  ({ default: S3rver } = await import('s3rver'));
} catch {
  process.send({ missing: 's3rver is not installed' });
}
if (S3rver !== undefined) {
  const configureBuckets = [{ name: 'bench-objects', configs: [] }];
  const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: folder, configureBuckets });
  const { port } = await server.run();
  process.send({
    name: `s3rver ${S3rver.version ?? ''}`.trim(),
    port,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  });
  process.on('message', (what) => {
    if (what === 'stop') process.exit(0);
    process.send({ peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024) });
  });
}
