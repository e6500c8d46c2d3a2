import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretName } from '../../settings/secrets';
import type { EnvValue, WorkloadName } from '../../workloads/value';
import type { Workload } from '../../workloads/workload';

/** Where a workload runs as a process of this machine. */
export interface LocalPlace {
  /** For its files and its scratch directories. */
  readonly directory: string;
  readonly secrets: Partial<Record<SecretName, string>>;
  /** `host:port` of the other workloads. */
  readonly addresses: Partial<Record<WorkloadName, string>>;
  /** Contents that take the place of the workload's own, by file name. @default - none */
  readonly files?: Readonly<Record<string, string>>;
}

export interface LocalProcess {
  readonly arguments: string[];
  readonly environment: Record<string, string>;
}

/** Renders a workload as a local process, and writes its files: the counterpart of a container. */
export function localProcess(workload: Workload, place: LocalPlace): LocalProcess {
  const paths = new Map<string, string>();
  for (const { name, content } of workload.files?.files ?? []) {
    const path = join(place.directory, name);
    writeFileSync(path, place.files?.[name] ?? content, { mode: 0o600 });
    paths.set(name, path);
  }
  const moved = scratchDirectories(workload, place.directory);
  const text = (value: EnvValue): string => {
    switch (value.kind) {
      case 'literal':
        return moved(value.text);
      case 'variable': {
        const secret = place.secrets[value.secret] ?? '';
        return value.encoding === 'url' ? urlEncoded(secret) : secret;
      }
      case 'derived':
        // As constructs/terraform/value.ts writes it for Docker, so that a value is the same wherever it is rendered.
        return createHash('sha256')
          .update(`${value.purpose}:${place.secrets[value.secret] ?? ''}`)
          .digest('hex');
      case 'reference':
        return found(place.addresses[value.workload], `the address of ${value.workload}`);
      case 'path':
        return found(paths.get(value.file), `the file ${value.file}`);
      case 'workspace':
      case 'parameter':
      case 'choice':
        throw new Error(`${workload.name} depends on a workspace, and none runs as a process of this machine`);
      case 'joined':
        return value.parts.map(text).join('');
    }
  };
  const environment = Object.entries(workload.environment)
    .filter(([, value]) => !(value.kind === 'variable' && value.optional && !place.secrets[value.secret]))
    .map(([name, value]) => [name, text(value)]);
  return { arguments: (workload.arguments ?? []).map(text), environment: Object.fromEntries(environment) };
}

/** A container has its own `/tmp`; a process gets directories of its own, and paths that lead there. */
function scratchDirectories({ scratch, name }: Workload, directory: string): (text: string) => string {
  const places = scratch.map(({ path }, index) => ({ path, local: join(directory, `${name}-scratch-${index}`) }));
  for (const { local } of places) mkdirSync(local, { recursive: true });
  return (text) => {
    const place = places.find(({ path }) => text === path || text.startsWith(`${path}/`));
    return place ? place.local + text.slice(place.path.length) : text;
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the workload refers to ${what}, which this runtime does not have`);
  return value;
}

/** As Terraform's `urlencode` with `%20` for spaces. */
const urlEncoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
