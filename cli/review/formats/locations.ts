import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Path } from '../changes';
import type { Finding } from '../finding';

/** A line of a file of this repository, counted from 1. */
export interface Location {
  /** From the root of the repository, with forward slashes. */
  readonly file: string;
  readonly line: number;
}

const CATALOG = 'catalog/catalog.ts';
const PINNED = 'workloads/images.json';

/** Finds the line that a finding is about, in the settings, the catalog or the pinned images. */
export class Locations {
  private readonly yaml = new LineCounter();
  private readonly document;
  private readonly catalog: readonly string[];
  private readonly pinned: readonly string[];

  /** @param settings path of the settings file, absolute or from the root of the repository */
  constructor(
    private readonly settings: string,
    root: string,
  ) {
    const text = (file: string) => readFileSync(isAbsolute(file) ? file : join(root, file), 'utf8');
    this.document = parseDocument(text(settings), { lineCounter: this.yaml });
    // A repository that only has settings takes both from the installed package.
    const linesOf = (file: string) => (existsSync(join(root, file)) ? text(file).split('\n') : []);
    this.catalog = linesOf(CATALOG);
    this.pinned = linesOf(PINNED);
  }

  /** Where nothing fits better, the first line of the settings. */
  of({ paths }: Finding): Location {
    for (const path of paths) {
      const found = this.pinnedImage(path) ?? this.model(path) ?? this.setting(path);
      if (found) return found;
    }
    return { file: slashes(this.settings), line: 1 };
  }

  private setting(path: Path): Location | undefined {
    const keys = settingsPath(path);
    // The setting itself, or the innermost group around it that is written down.
    for (let length = keys.length; length > 0; length -= 1) {
      const parent = this.document.getIn(keys.slice(0, length - 1), true) as { items?: unknown[] } | undefined;
      const pair = parent?.items?.find((item) => keyOf(item)?.value === keys[length - 1]);
      const start = keyOf(pair)?.range?.[0];
      if (start !== undefined) return { file: slashes(this.settings), line: this.yaml.linePos(start).line };
    }
    return undefined;
  }

  private model([room, name, part, place = '']: Path): Location | undefined {
    if (room !== 'models' || name === undefined || this.catalog.length === 0) return undefined;
    const line = (text: string) => this.catalog.findIndex((each) => each.includes(text)) + 1;
    const id = part === 'deployments' ? place.slice(place.indexOf('/') + 1) : '';
    // Of a model that the catalog no longer has, the catalog's first line.
    const found = (id && line(`model: '${id}'`)) || line(`name: '${name}'`) || line('export const catalog');
    return found > 0 ? { file: CATALOG, line: found } : undefined;
  }

  private pinnedImage([room, name]: Path): Location | undefined {
    if (room !== 'images' || this.document.hasIn(['images', name])) return undefined;
    const line = this.pinned.findIndex((each) => each.includes(`"${name}":`)) + 1;
    return line > 0 ? { file: PINNED, line } : undefined;
  }
}

interface Key {
  readonly value?: unknown;
  readonly range?: readonly number[] | null;
}

const keyOf = (pair: unknown): Key | undefined => {
  const key = (pair as { key?: unknown } | undefined)?.key;
  return isNode(key) ? (key as Key) : undefined;
};

const slashes = (path: string) => path.replaceAll('\\', '/');

/** The setting that a place of `deployment.json` is made from; nothing where it is none. */
function settingsPath(path: Path): readonly string[] {
  const [room = '', second = '', third = ''] = path;
  if (room === 'workloads') return workloadSetting(second, third);
  const own = SETTINGS[path.slice(0, 3).join('.')] ?? SETTINGS[path.slice(0, 2).join('.')] ?? SETTINGS[room];
  if (own) return own;
  if (room === 'providers') return [room, second, third === 'apiBase' ? 'api_base' : third];
  return ['policies', 'images', 'docker', 'name'].includes(room) ? path : [];
}

const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  models: ['models', 'enabled'],
  'defaults.model': ['models', 'default'],
  'defaults.smallModel': ['models', 'small'],
  'defaults.startWith': ['models', 'default'],
  'defaults.providerFailover': ['models', 'provider_failover'],
  'keyProvisioner.reconcileIntervalSeconds': ['key_provisioner', 'reconcile_interval_s'],
  'keyProvisioner.confirmWorkspaces': ['coder', 'confirm_workspaces'],
  'keyProvisioner.coderUrl': ['coder', 'url'],
  'litellm.settings.request_timeout': ['litellm', 'request_timeout_s'],
  'litellm.general.maximum_spend_logs_retention_period': ['litellm', 'spend_logs_retention'],
  'workspace.egress': ['workspace', 'egress'],
  'workspace.agents': ['workspace', 'agents'],
  'workspace.door.coder': ['coder'],
  'workspace.image': ['images', 'workspace'],
  'workspace.parameters.ai_model': ['models', 'enabled'],
  'workspace.parameters.ai_assistant': ['workspace', 'agents'],
  volumes: ['volumes', 'keep_on_destroy'],
};

function workloadSetting(workload: string, field: string): readonly string[] {
  if (workload === 'valkey' || (/^litellm-\d+$/.test(workload) && field === '')) return ['litellm', 'replicas'];
  const group = /^litellm-\d+$/.test(workload)
    ? 'litellm'
    : workload === 'edge'
      ? 'litellm'
      : workload === 'coder-postgres'
        ? 'postgres'
        : workload.replaceAll('-', '_');
  if (field === 'memoryMb' && workload !== 'edge') return [group, 'memory_mb'];
  return field === 'published' ? [group, 'port'] : [group];
}
