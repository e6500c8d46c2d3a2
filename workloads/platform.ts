import type { Settings } from '../settings/schema';
import { coder } from './coder';
import { edge } from './edge';
import { keyProvisioner } from './key-provisioner';
import { type LiteLLMOptions, litellm } from './litellm';
import { coderPostgres, postgres } from './postgres';
import type { Workload } from './workload';

/** Every workload of a deployment, in an order in which they can start. */
export const platformWorkloads = (settings: Settings, options: { litellm?: LiteLLMOptions } = {}): Workload[] => [
  postgres(settings),
  litellm(settings, options.litellm),
  edge(settings),
  keyProvisioner(settings),
  ...(settings.coder.server ? [coderPostgres(settings), coder(settings)] : []),
];
