import type { BucketEncryption, ObjectOwnership } from '../../s3/bucket-settings.ts';
import type { BucketResource } from '../deployment.ts';
import { generatedName } from './physical-name.ts';
import type { PropertyReader, StringRule } from './property-reader.ts';
import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME: StringRule = {
  pattern: /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  expected: 'a bucket name (3 to 63 lower-case letters, digits, dots and hyphens)',
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const BUCKET: ResourceType = {
  type: 'AWS::S3::Bucket',
  withoutLocalMeaning: {
    CorsConfiguration: 'concerns browsers only, which are refused loudly without it',
    IntelligentTieringConfigurations: 'moves objects between storage classes, which cost nothing here',
    LifecycleConfiguration: 'acts after days; nothing here grows that old',
    MetricsConfigurations: 'CloudWatch metrics are not kept',
  },
  plan(properties, { environment, ...context }) {
    const bucketName =
      properties.optionalString('BucketName', BUCKET_NAME) ??
      generatedName({ environment, ...context }, 63).toLowerCase();
    const encryption = readEncryption(properties.optionalObject('BucketEncryption'));
    const settings = readSettings(properties);
    properties.oneOf('AccessControl', ['Private']);
    return {
      ref: bucketName,
      attributes: {
        Arn: `arn:aws:s3:::${bucketName}`,
        DomainName: `${bucketName}.s3.amazonaws.com`,
        RegionalDomainName: `${bucketName}.s3.${environment.region}.amazonaws.com`,
      },
      deploy: (deployment) =>
        deployment.createBucket({ ...environment, bucketName, settings, ...(encryption && { encryption }) }),
    };
  },
};

function readEncryption(property: PropertyReader | undefined): BucketEncryption | undefined {
  const rules = property?.objects('ServerSideEncryptionConfiguration') ?? [];
  const [encryption] = rules.map((rule): BucketEncryption => {
    const byDefault = rule.optionalObject('ServerSideEncryptionByDefault');
    const keyId = byDefault?.optionalString('KMSMasterKeyID');
    return {
      algorithm: byDefault?.oneOf('SSEAlgorithm', ['AES256', 'aws:kms']) ?? 'AES256',
      ...(keyId !== undefined && { keyId }),
      bucketKeyEnabled: rule.boolean('BucketKeyEnabled', false),
    };
  });
  return encryption;
}

/** A flag of the public access block that is not given is off, as in the API. */
function readSettings(properties: PropertyReader): NonNullable<BucketResource['settings']> {
  const block = properties.optionalObject('PublicAccessBlockConfiguration');
  const publicAccessBlock = block && {
    BlockPublicAcls: block.boolean('BlockPublicAcls', false),
    IgnorePublicAcls: block.boolean('IgnorePublicAcls', false),
    BlockPublicPolicy: block.boolean('BlockPublicPolicy', false),
    RestrictPublicBuckets: block.boolean('RestrictPublicBuckets', false),
  };
  const [objectOwnership] = (properties.optionalObject('OwnershipControls')?.objects('Rules') ?? []).map((rule) =>
    rule.oneOf<ObjectOwnership>('ObjectOwnership', ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter']),
  );
  const versioning = properties.optionalObject('VersioningConfiguration')?.oneOf('Status', ['Enabled', 'Suspended']);
  const tags = properties.objects('Tags').map((tag) => ({ key: tag.string('Key'), value: tag.string('Value') }));
  return {
    ...(publicAccessBlock && { publicAccessBlock }),
    ...(objectOwnership && { objectOwnership }),
    ...(versioning && { versioning }),
    ...(tags.length > 0 && { tags }),
  };
}
