/**
 * The names that the AWS SDK for Java gives services and errors: Step Functions calls services with it, and its failures
 * show them. https://github.com/aws/aws-sdk-java-v2: CodegenNamingUtils, DefaultNamingStrategy
 */

/** `DynamoDB` → `DynamoDb`, `SFN` → `Sfn`, `Secrets Manager` → `SecretsManager`, `EventBridge` → `EventBridge`. */
export function javaServiceName(serviceId: string): string {
  return serviceId
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([0-9])([A-Za-z])/g, '$1 $2')
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('');
}

/** The class of an error that the API's model names: `NoSuchKey` → `NoSuchKeyException`. */
export function javaExceptionName(errorName: string): string {
  const name = errorName.charAt(0).toUpperCase() + errorName.slice(1);
  if (name.endsWith('Exception')) return name;
  return `${name.endsWith('Fault') ? name.slice(0, -'Fault'.length) : name}Exception`;
}

/** A number as Java writes a double in JSON, which decides how long an answer is: `1.688128939123E9`. */
export function javaDouble(value: number): string {
  return value >= 1e7 ? value.toExponential().replace('e+', 'E') : JSON.stringify(value);
}
