import { principalsOf, type ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
export const BUCKET_POLICY: ResourceType = {
  type: 'AWS::S3::BucketPolicy',
  withoutLocalMeaning: {},
  plan(properties) {
    const bucketName = properties.string('Bucket');
    const policy = properties.policy('PolicyDocument', 'resource');
    return {
      ref: bucketName,
      attributes: {},
      principals: principalsOf(policy),
      deploy: (deployment) => deployment.putBucketPolicy({ bucketName, policy }),
    };
  },
};
