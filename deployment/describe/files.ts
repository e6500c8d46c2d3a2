import { parse } from 'yaml';
import { z } from 'zod';
import { type GatewayConfiguration, gatewayConfigurationSchema } from '../../images/key-provisioner/src/configuration';
import type { Workload } from '../../workloads/workload';

const fields = z.record(z.string(), z.unknown());

const litellmSchema = z.object({
  model_list: z.array(z.object({ model_name: z.string(), litellm_params: fields, model_info: fields.default({}) })),
  router_settings: z.looseObject({ fallbacks: z.array(z.record(z.string(), z.array(z.string()))).default([]) }),
  litellm_settings: fields,
  general_settings: fields,
});

/** One entry of LiteLLM's `model_list`. */
export type LiteLLMModel = z.infer<typeof litellmSchema>['model_list'][number];

/** LiteLLM's `config.yaml` as it is deployed. */
export interface LiteLLMConfiguration {
  readonly models: readonly LiteLLMModel[];
  readonly router: z.infer<typeof litellmSchema>['router_settings'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly general: Readonly<Record<string, unknown>>;
}

/** Reads the file that LiteLLM is given, not what it was made from, so that the description cannot differ from it. */
export function litellmConfiguration(workloads: readonly Workload[]): LiteLLMConfiguration {
  const parsed = litellmSchema.parse(parse(textOf(workloads, 'litellm', 'config.yaml')));
  return {
    models: parsed.model_list,
    router: parsed.router_settings,
    settings: parsed.litellm_settings,
    general: parsed.general_settings,
  };
}

/** The same of the key-provisioner's `gateway.json`. */
export const provisionerConfiguration = (workloads: readonly Workload[]): GatewayConfiguration =>
  gatewayConfigurationSchema.parse(JSON.parse(textOf(workloads, 'key-provisioner', 'gateway.json')));

function textOf(workloads: readonly Workload[], workload: Workload['name'], file: string): string {
  const files = workloads.find(({ name }) => name === workload)?.files?.files ?? [];
  const found = files.find(({ name }) => name === file);
  if (!found)
    throw new Error(`the workload ${workload} has no file ${file}; a deployment cannot be described without it`);
  return found.content;
}
