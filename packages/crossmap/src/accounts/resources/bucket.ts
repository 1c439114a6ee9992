import type { BucketEncryption } from '../../s3/bucket-settings.ts';
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
    PublicAccessBlockConfiguration: 'blocks ACLs, which do not exist here, and public policies',
    Tags: 'are for cost reports and people',
  },
  plan(properties, { environment, ...context }) {
    const bucketName =
      properties.optionalString('BucketName', BUCKET_NAME) ??
      generatedName({ environment, ...context }, 63).toLowerCase();
    const encryption = readEncryption(properties.optionalObject('BucketEncryption'));
    for (const rule of properties.optionalObject('OwnershipControls')?.objects('Rules') ?? []) {
      rule.oneOf('ObjectOwnership', ['BucketOwnerEnforced']);
    }
    properties.oneOf('AccessControl', ['Private']);
    return {
      ref: bucketName,
      attributes: {
        Arn: `arn:aws:s3:::${bucketName}`,
        DomainName: `${bucketName}.s3.amazonaws.com`,
        RegionalDomainName: `${bucketName}.s3.${environment.region}.amazonaws.com`,
      },
      deploy: (deployment) =>
        deployment.createBucket({ ...environment, bucketName, ...(encryption && { encryption }) }),
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
