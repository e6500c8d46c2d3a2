import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Annotations, type App } from 'cdktf';
import { yamlFiles } from '../constructs/kubernetes/yaml';
import { terraformProblem } from '../constructs/terraform/version';
import { Cluster } from '../deployment/kubernetes/cluster';
import { secretProblems } from '../deployment/kubernetes/secret';
import type { Settings } from '../settings/schema';
import type { Workload } from '../workloads/workload';
import { writeArtifacts, writeDeployment } from './artifacts';
import { KubernetesPlatformStack } from './kubernetes-platform-stack';
import { KubernetesWorkspaceStack } from './kubernetes-workspace-stack';

/** Folder of the output directory that holds the platform's objects as YAML. */
const MANIFESTS = 'kubernetes';

/** Synthesizes both stacks for `target: kubernetes`, and writes the platform's objects as YAML beside them. */
export async function synthesizeForKubernetes(
  app: App,
  settings: Settings,
  workloads: readonly Workload[],
): Promise<void> {
  const platform = new KubernetesPlatformStack(app, 'platform', { settings, workloads });
  new KubernetesWorkspaceStack(app, 'contractor-workspace', { settings });
  // As on Docker: the cdktf program shows annotations only. A missing Secret stops it before it plans anything.
  if (process.env.CDKTF_CONTEXT_JSON) {
    const problem = terraformProblem(process.env.TERRAFORM_BINARY_NAME);
    if (problem) Annotations.of(platform).addWarning(problem);
    for (const missing of await secretProblems(new Cluster(settings.kubernetes), settings)) {
      Annotations.of(platform).addError(missing);
    }
  }
  app.synth();
  writeArtifacts(app.outdir, platform);
  writeDeployment(app.outdir, settings, workloads);
  const folder = path.join(app.outdir, MANIFESTS);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of yamlFiles(platform.platform.objects)) {
    writeFileSync(path.join(folder, name), content);
  }
}
