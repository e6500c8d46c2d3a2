import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PlatformStack } from './platform-stack';

/** Writes each workload's files as `<outdir>/<workload>/<file>`, for people and reviews. */
export function writeArtifacts(outdir: string, { platform }: PlatformStack): void {
  for (const [workload, files] of platform.files) {
    for (const { name, content } of files) {
      const file = path.join(outdir, workload, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}
