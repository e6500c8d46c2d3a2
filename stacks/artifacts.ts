import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BuildContext } from '../constructs/docker/build-context';
import type { PlatformStack } from './platform-stack';

/**
 * Writes what goes with the synthesized platform stack: each workload's files as `<outdir>/<workload>/<file>`, for people and
 * reviews, and the folders that images are built from.
 */
export function writeArtifacts(outdir: string, platform: PlatformStack): void {
  for (const [workload, files] of platform.files) {
    for (const { name, content } of files) {
      const file = path.join(outdir, workload, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  for (const folder of platform.builtFolders) new BuildContext(folder).stage(outdir);
}
