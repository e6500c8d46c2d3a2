import { find, type Loose, objectsOf, onKubernetes } from './on-kubernetes';

const settings = onKubernetes();
const objects = objectsOf(settings);
const policies: Loose[] = objects.filter(({ kind }) => kind === 'NetworkPolicy');

/** Names of the workloads that a policy lets in at a port. */
const callers = (name: string, port: number): string[] =>
  find(objects, 'NetworkPolicy', name)
    .spec.ingress.filter(({ ports }: Loose) => ports.some((each: Loose) => each.port === port))
    .flatMap(({ from }: Loose) =>
      from.map((peer: Loose) =>
        peer.namespaceSelector
          ? peer.namespaceSelector.matchLabels['kubernetes.io/metadata.name']
          : peer.podSelector.matchLabels['app.kubernetes.io/name'],
      ),
    )
    .sort();

test.each(['ai-gateway', 'ai-gateway-workspaces'])('in %s nothing is reached that no policy names', (namespace) => {
  expect(find(objects, 'NetworkPolicy', 'deny-all', namespace).spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  });
});

test('every workload is reached by those that connect to it, and nobody else', () => {
  expect(callers('postgres', 5432)).toEqual(['litellm', 'litellm-migration']);
  expect(callers('litellm', 4000)).toEqual(['edge', 'key-provisioner']);
  expect(callers('edge', 4000)).toEqual(['door']);
  expect(callers('key-provisioner', 8100)).toEqual(['door']);
  expect(callers('door', 4000)).toEqual(['ai-gateway-workspaces']);
});

test('every pod that runs has a policy that selects it', () => {
  const selected = policies.map(({ spec }) => spec.podSelector.matchLabels?.['app.kubernetes.io/name']);
  for (const name of ['postgres', 'litellm', 'litellm-migration', 'edge', 'key-provisioner', 'door'])
    expect(selected).toContain(name);
});

test('a rule that names no port is for the internet and for Coder alone', () => {
  const open = policies.flatMap(({ metadata, spec }) =>
    (spec.egress ?? [])
      .filter(({ ports }: Loose) => !ports)
      .flatMap(({ to }: Loose) => to.map((peer: Loose) => [metadata.name, peer])),
  );
  for (const [, peer] of open)
    expect(Object.keys(peer)).toEqual(peer.ipBlock ? ['ipBlock'] : ['namespaceSelector', 'podSelector']);
  expect([...new Set(open.filter(([, { ipBlock }]) => ipBlock).map(([name]) => name))].sort()).toEqual([
    'key-provisioner',
    'litellm',
    'workspaces',
  ]);
});

const workspaces = (input: Parameters<typeof onKubernetes>[0] = {}) =>
  find(objectsOf(onKubernetes(input)), 'NetworkPolicy', 'workspaces').spec;

test('workspaces are reached by nobody, each other included', () => {
  expect(workspaces()).toMatchObject({ podSelector: {}, ingress: [] });
});

test('what workspaces call the internet holds no private address, and not the metadata of a cloud', () => {
  const [v4] = workspaces().egress.flatMap(({ to }: Loose) =>
    to.filter(({ ipBlock }: Loose) => ipBlock?.cidr === '0.0.0.0/0'),
  );
  expect(v4.ipBlock.except).toEqual(
    expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16']),
  );
});

test('sealed workspaces reach the door, Coder and names, and no address', () => {
  const { egress } = workspaces({ workspace: { egress: 'none' } });
  expect(JSON.stringify(egress)).not.toContain('ipBlock');
  expect(egress).toHaveLength(3);
});

test("a cluster's public addresses are taken out of the internet, and a private provider is added to the platform's alone", () => {
  const kubernetes = { egress: { deny: ['203.0.113.0/24', '2001:db8::/32'], allow: ['10.99.0.0/16'] } };
  const text = JSON.stringify(workspaces({ kubernetes }));
  expect(text).toContain('203.0.113.0/24');
  expect(text).toContain('"cidr":"2000::/3","except":["2001:db8::/32"]');
  expect(text).not.toContain('10.99.0.0/16');
  const litellm = JSON.stringify(find(objectsOf(onKubernetes({ kubernetes })), 'NetworkPolicy', 'litellm').spec.egress);
  expect(litellm).toContain('10.99.0.0/16');
});

test('who is let in from outside reaches the edge and the key-provisioner, and neither LiteLLM nor the door', () => {
  const kubernetes = { service: { from_namespaces: ['ingress-nginx'], from_cidrs: ['192.0.2.0/24'] } };
  const let_in = objectsOf(onKubernetes({ kubernetes })).filter(
    ({ kind, spec }) =>
      kind === 'NetworkPolicy' && JSON.stringify((spec as Loose).ingress ?? []).includes('ingress-nginx'),
  );
  expect(let_in.map(({ metadata }) => metadata.name).sort()).toEqual(['edge', 'key-provisioner']);
});
