import { dockerNames } from '../../../../constructs/docker/names';
import { networksOf } from '../../../../constructs/docker/platform-networks';
import { parseSettings } from '../../../../settings/load';
import { platformWorkloads } from '../../../../workloads/platform';
import type { Workload } from '../../../../workloads/workload';
import { door } from '../../../../workspace/door';

const deployed = (yaml: string) => {
  const settings = parseSettings(`providers: {anthropic: {credentials: variable}}\n${yaml}`);
  return [...platformWorkloads(settings), door(settings, dockerNames(settings))];
};
const networks = (all: readonly Workload[]) =>
  Object.fromEntries(all.map((workload) => [workload.name, networksOf(workload, all)]));

test('two workloads share a network where one connects to the other, and the way out is a network of its own', () => {
  expect(networks(deployed('coder: {server: true}\n'))).toEqual({
    postgres: ['database'],
    litellm: ['database', 'gateway', 'uplink'],
    edge: ['edge', 'gateway', 'uplink'],
    'key-provisioner': ['edge', 'gateway', 'uplink'],
    'coder-postgres': ['coder-database'],
    coder: ['coder-database', 'edge', 'uplink'],
    door: ['edge'],
  });
});

test('a door that leads to a Coder outside the platform has a way out', () => {
  const sealed = deployed('workspace: {egress: none}\ncoder: {url: "https://coder.example.com"}\n');
  expect(networks(sealed)['door']).toEqual(['edge', 'uplink']);
});

test('a new workload gets a network of its own name with those that connect to it', () => {
  const [postgres, litellm, ...rest] = deployed('');
  const cache: Workload = { ...postgres!, name: 'coder', ports: [{ name: 'redis', port: 6379 }] };
  const all = [
    postgres!,
    { ...litellm!, connects: [...litellm!.connects, { to: cache.name, port: 6379 }] },
    cache,
    ...rest,
  ];
  expect(networks(all)).toMatchObject({ coder: ['coder'], litellm: ['coder', 'database', 'gateway', 'uplink'] });
});
