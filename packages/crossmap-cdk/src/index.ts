export { BucketAccess, type BucketAccessProps } from './bucket-access.ts';
export {
  CrossAccountObjectsMap,
  type CrossAccountObjectsMapProps,
  type ObjectsSource,
} from './cross-account-objects-map.ts';
