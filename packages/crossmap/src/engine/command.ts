import type { Json } from '../asl/json.ts';
import type { TaskCredentials } from './history.ts';
import type { MapRunPlan } from './map-run-plan.ts';
import type { Happening } from './occurrence.ts';
import type { ConnectedResource } from './ports.ts';

/** What the shell is to do once the events are durable. Its end comes back as an occurrence with the same event id. */
export type Command =
  | {
      readonly kind: 'run-task';
      readonly eventId: number;
      readonly resource: ConnectedResource;
      readonly parameters: Json;
      readonly credentials?: TaskCredentials;
      /** What its call was answered with, when that has happened before: the job that began is taken up. */
      readonly submitted?: Json;
    }
  /** Lets a worker of the activity take up the task. */
  | {
      readonly kind: 'offer-task';
      readonly eventId: number;
      readonly activityArn: string;
      readonly taskToken: string;
      readonly input: Json;
    }
  /** Lets `happening` happen at `dueAt` (epoch ms). */
  | { readonly kind: 'await-time'; readonly dueAt: number; readonly happening: Happening }
  | {
      readonly kind: 'start-map-run';
      readonly eventId: number;
      readonly mapRunArn: string;
      readonly plan: MapRunPlan;
    };
