import type { Settings } from '../settings/schema';
import { coder } from './coder';
import { edge } from './edge';
import { keyProvisioner } from './key-provisioner';
import { type LiteLLMOptions, litellmReplicas } from './litellm-replicas';
import { coderPostgres, postgres } from './postgres';
import { valkey } from './valkey';
import type { Workload } from './workload';

/** Every workload of a deployment, in an order in which they can start. */
export const platformWorkloads = (settings: Settings, options: { litellm?: LiteLLMOptions } = {}): Workload[] => [
  postgres(settings),
  ...(settings.litellm.replicas > 1 ? [valkey(settings)] : []),
  ...litellmReplicas(settings, options.litellm),
  edge(settings),
  keyProvisioner(settings),
  ...(settings.coder.server ? [coderPostgres(settings), coder(settings)] : []),
];
