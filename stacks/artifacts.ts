import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deploymentJson } from '../deployment/describe';
import type { Settings } from '../settings/schema';
import type { WorkloadName } from '../workloads/value';
import type { Workload, WorkloadFile } from '../workloads/workload';

/** A stack of either target. */
interface WithFiles {
  readonly platform: { readonly files: ReadonlyMap<WorkloadName, readonly WorkloadFile[]> };
}

/** Writes each workload's files as `<outdir>/<workload>/<file>`, for people and reviews. */
export function writeArtifacts(outdir: string, { platform }: WithFiles): void {
  for (const [workload, files] of platform.files) {
    for (const { name, content } of files) {
      const file = path.join(outdir, workload, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}

/** Writes `<outdir>/deployment.json`: the same as values, for `gateway review` and other readers. */
export function writeDeployment(outdir: string, settings: Settings, workloads: readonly Workload[]): void {
  writeFileSync(path.join(outdir, 'deployment.json'), deploymentJson(settings, { workloads }));
}
