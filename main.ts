/**
 * Synthesizes both stacks: `npm run synth`, or `cdktf synth`. `GATEWAY_SETTINGS` names another settings file, and
 * `DEBUG=1` shows where an error came from.
 */

import { Annotations, App } from 'cdktf';
import { portProblems } from './constructs/docker/host-ports';
import { terraformProblem } from './constructs/terraform/version';
import { modelsOutsidePolicies } from './litellm-config/outside-policies';
import { makeDirectory } from './make-directory';
import { plainErrors } from './plain-errors';
import { loadSettings } from './settings/load';
import { modelsWithoutProvider } from './settings/served-models';
import { writeArtifacts, writeDeployment } from './stacks/artifacts';
import { ContractorWorkspaceStack } from './stacks/contractor-workspace-stack';
import { PlatformStack } from './stacks/platform-stack';
import { platformWorkloads } from './workloads/platform';

plainErrors('synth');
void main();

async function main(): Promise<void> {
  try {
    await synthesize();
  } catch (error) {
    const known = error instanceof Error && (error.name === 'SettingsError' || error.name === 'CatalogError');
    if (!known || process.env.DEBUG) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function synthesize(): Promise<void> {
  const settings = loadSettings(process.env.GATEWAY_SETTINGS);
  const outdir = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
  for (const { name, provider } of modelsWithoutProvider(settings)) {
    console.log(`${name} is left out: providers.${provider}.credentials is off`);
  }
  for (const sentence of modelsOutsidePolicies(settings)) console.log(sentence);
  // cdktf records a stack trace for every value it makes; nobody reads them, and mapping them to sources takes time.
  process.setSourceMapsEnabled(Boolean(process.env.DEBUG));
  // cdktf makes only the last folder of the path.
  makeDirectory(outdir);
  const app = new App({ outdir });
  const workloads = platformWorkloads(settings);
  if (settings.target === 'kubernetes') {
    // Loaded where it is needed: the types of Kubernetes are large.
    const { synthesizeForKubernetes } = require('./stacks/kubernetes') as typeof import('./stacks/kubernetes');
    await synthesizeForKubernetes(app, settings, workloads);
    return;
  }
  const platform = new PlatformStack(app, 'platform', { settings, workloads });
  new ContractorWorkspaceStack(app, 'contractor-workspace', { settings });
  // The cdktf program goes on to Terraform by itself, and shows of a synth nothing but annotations. `make plan` checks the plan.
  if (process.env.CDKTF_CONTEXT_JSON) {
    const problem = terraformProblem(process.env.TERRAFORM_BINARY_NAME);
    const ports = await portProblems(settings, workloads, `${outdir}/../terraform.platform.tfstate`);
    for (const warning of [...(problem ? [problem] : []), ...ports]) Annotations.of(platform).addWarning(warning);
  }
  app.synth();
  writeArtifacts(app.outdir, platform);
  writeDeployment(app.outdir, settings, workloads);
}
