import { sharedDoor } from '../../../../constructs/kubernetes/names';
import { SECRET_NAMES } from '../../../../settings/secrets';
import { imageOf } from '../../../../workloads/images';
import { containersOf, find, type Loose, objectsOf, onKubernetes, podsOf } from './on-kubernetes';

const settings = onKubernetes();
const objects = objectsOf(settings);
const pods = podsOf(objects);
const containers = pods.flatMap((pod) =>
  containersOf(pod).map((container) => [`${pod.owner}, ${container.name}`, container] as const),
);

test('there is a pod of everything that runs, and of the migration', () => {
  expect(pods.map(({ owner }) => owner).sort()).toEqual([
    'Deployment door',
    'Deployment edge',
    'Deployment key-provisioner',
    'Deployment litellm',
    'Job litellm-migration',
    'StatefulSet postgres',
  ]);
});

test.each(containers)('%s is what Pod Security calls restricted, on a root that cannot be changed', (_, container) => {
  expect(container.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
  });
});

test.each(pods)('$owner runs as a user of its own, without an account of the cluster', ({ spec }) => {
  expect(spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: expect.any(Number),
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(spec.securityContext.runAsUser).toBeGreaterThan(0);
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(find(objects, 'ServiceAccount', spec.serviceAccountName)).toMatchObject({
    automountServiceAccountToken: false,
  });
  expect(spec).not.toHaveProperty('hostNetwork');
  expect((spec.volumes ?? []).flatMap((volume: object) => Object.keys(volume))).not.toContain('hostPath');
});

test.each(containers)(
  '%s has limits of memory and of what it writes, and asks for processor time',
  (_, { resources }) => {
    expect(Object.keys(resources.limits)).toEqual(expect.arrayContaining(['memory', 'ephemeral-storage']));
    expect(Object.keys(resources.requests)).toEqual(expect.arrayContaining(['memory', 'cpu', 'ephemeral-storage']));
  },
);

test.each(containers)('the image of %s has a full version or a digest', (_, { image }) => {
  expect(image).toMatch(/(:[^:/]*\d[^:/]*|@sha256:[0-9a-f]{64})$/);
});

test.each(pods.filter(({ owner }) => !owner.startsWith('Job')))('$owner is probed in three ways', ({ spec }) => {
  const [container] = spec.containers;
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const ways = Object.keys(container[probe] ?? {}).filter((key) => ['exec', 'httpGet', 'tcpSocket'].includes(key));
    expect([probe, ways.length]).toEqual([probe, 1]);
  }
});

test('LiteLLM is kept while its database is away, and gets no requests meanwhile', () => {
  const [container] = find(objects, 'Deployment', 'litellm').spec.template.spec.containers;
  expect(container.livenessProbe.httpGet.path).toBe('/health/liveliness');
  expect(container.readinessProbe.httpGet.path).toBe('/health/readiness');
});

test('what waits for another workload is not restarted meanwhile', () => {
  const [container] = find(objects, 'Deployment', 'key-provisioner').spec.template.spec.containers;
  expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
  for (const probe of [container.startupProbe, container.livenessProbe]) expect(probe.httpGet.path).toBe('/health');
});

test('every secret comes from the Secret, and none stands in a value', () => {
  const variables = containers.flatMap(([, { env }]) => env as Loose[]);
  const references = variables.flatMap(({ valueFrom }) => (valueFrom ? [valueFrom.secretKeyRef] : []));
  expect(references.length).toBeGreaterThan(8);
  for (const { name, key } of references) {
    expect(name).toBe('gateway-secrets');
    expect(SECRET_NAMES).toContain(key);
  }
  const named = variables.filter(({ name }) => /KEY|PASSWORD|SECRET|TOKEN|CREDENTIALS/.test(name));
  expect(named.filter(({ value }) => value !== undefined)).toEqual([]);
});

test('an optional secret may be missing, and no other', () => {
  const optional = containers.flatMap(([, { env }]) =>
    (env as Loose[]).filter(({ valueFrom }) => valueFrom?.secretKeyRef.optional).map(({ name }) => name),
  );
  expect([...new Set(optional)]).toEqual(['AWS_SESSION_TOKEN']);
});

test('a Secret that something else keeps is named in every place', () => {
  const text = JSON.stringify(objectsOf(onKubernetes({ kubernetes: { secrets: { existing: 'from-vault' } } })));
  expect(text).toContain('"name":"from-vault"');
  expect(text).not.toContain('gateway-secrets');
});

/** As Kubernetes fills in variables: `$(NAME)` that it knows, and `$$` for a dollar sign. */
function expanded(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\((\w+)\)/g, (whole, name?: string) => (name ? (known[name] ?? whole) : '$'));
}

test("the door's configuration arrives with all of its dollar signs", () => {
  const [container] = find(objects, 'Deployment', 'door').spec.template.spec.containers;
  const { value } = container.env.find(({ name }: Loose) => name === 'DOOR_CONFIGURATION');
  const written = sharedDoor(settings).environment['DOOR_CONFIGURATION'];
  expect(written).toEqual({ kind: 'literal', text: expanded(value, {}) });
  expect(expanded(container.args[0], {})).toContain('"$DOOR_CONFIGURATION"');
});

test("LiteLLM's database URL is composed by Kubernetes, of a variable that comes before it", () => {
  const { env } = find(objects, 'Deployment', 'litellm').spec.template.spec.containers[0];
  const names = env.map(({ name }: Loose) => name);
  const { value } = env.find(({ name }: Loose) => name === 'DATABASE_URL');
  expect(expanded(value, { SECRET_POSTGRES_PASSWORD: 'p' })).toBe('postgresql://litellm:p@postgres:5432/litellm');
  expect(names.indexOf('SECRET_POSTGRES_PASSWORD')).toBeLessThan(names.indexOf('DATABASE_URL'));
});

test('no variables of Services are added to what a container reads', () => {
  expect(pods.filter(({ spec }) => spec.enableServiceLinks !== false)).toEqual([]);
});

test('pods are replaced when their files change, and only theirs', () => {
  const other = podsOf(objectsOf(onKubernetes({ policies: { contact: 'platform@example.com' } })));
  const changed = pods.filter(({ owner, metadata }) => {
    const twin = other.find((pod) => pod.owner === owner);
    return JSON.stringify(metadata.annotations) !== JSON.stringify(twin?.metadata.annotations);
  });
  expect(changed.map(({ owner }) => owner)).toEqual(['Deployment litellm']);
});

test('an answer that is under way has as long as a request may take when its pod ends', () => {
  for (const name of ['litellm', 'edge', 'door']) {
    const { spec } = find(objects, 'Deployment', name).spec.template;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(settings.litellm.request_timeout_s);
    expect(spec.containers[0].lifecycle.preStop).toBeDefined();
  }
});

test('a rollout brings up a new pod before it takes an old one', () => {
  for (const name of ['litellm', 'edge', 'door', 'key-provisioner'])
    expect(find(objects, 'Deployment', name).spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
});

test('replicas are spread over nodes and zones, and leave a node one at a time', () => {
  const many = objectsOf(
    onKubernetes({ kubernetes: { replicas: { litellm: 3, key_provisioner: 2, edge: 4, door: 5 } } }),
  );
  const count = (name: string) => find(many, 'Deployment', name).spec.replicas;
  expect(['litellm', 'key-provisioner', 'edge', 'door'].map(count)).toEqual([3, 2, 4, 5]);
  for (const { spec } of podsOf(many).filter(({ owner }) => !owner.startsWith('Job')))
    expect(spec.topologySpreadConstraints).toHaveLength(2);
  for (const name of ['litellm', 'key-provisioner', 'edge', 'door', 'postgres'])
    expect(find(many, 'PodDisruptionBudget', name).spec.maxUnavailable).toBe(1);
});

test('images are pulled with the credential of the settings', () => {
  const pulling = podsOf(
    objectsOf(onKubernetes({ kubernetes: { image_pull: { secret: 'registry', policy: 'Always' } } })),
  );
  for (const pod of pulling) {
    expect(pod.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
    for (const container of containersOf(pod)) expect(container.imagePullPolicy).toBe('Always');
  }
});

test('the database outlives destroy unless the settings say otherwise', () => {
  const retention = (keep_on_destroy: boolean) =>
    find(objectsOf(onKubernetes({ volumes: { keep_on_destroy } })), 'StatefulSet', 'postgres').spec
      .persistentVolumeClaimRetentionPolicy.whenDeleted;
  expect([retention(true), retention(false)]).toEqual(['Retain', 'Delete']);
});

test('the Job of the migration is the one that migrates, and replicas wait for the one of their image', () => {
  const variable = (container: Loose, name: string) => container.env.find((each: Loose) => each.name === name)?.value;
  const { spec } = find(objects, 'Deployment', 'litellm').spec.template;
  const [job] = podsOf(objects).filter(({ owner }) => owner === 'Job litellm-migration');
  expect(variable(spec.containers[0], 'DISABLE_SCHEMA_UPDATE')).toBe('true');
  expect(variable(job?.spec.initContainers[1], 'DISABLE_SCHEMA_UPDATE')).toBeUndefined();
  expect(job?.spec.initContainers[1].args).toContain('--skip_server_startup');
  const image = imageOf('litellm', settings);
  expect(variable(spec.initContainers[0], 'IMAGE')).toBe(image);
  expect(variable(job?.spec.containers[0], 'IMAGE')).toBe(image);
});

test('another LiteLLM is migrated by another Job, since a Job cannot be changed', () => {
  const job = (litellm: string) =>
    objectsOf(onKubernetes({ images: { litellm } })).find(({ kind }) => kind === 'Job')?.metadata.name;
  expect(job('registry.example.com/litellm:v1.0.0')).not.toBe(job('registry.example.com/litellm:v1.0.1'));
});

test("the migration gets no provider's credentials and no master key", () => {
  const [job] = podsOf(objects).filter(({ owner }) => owner === 'Job litellm-migration');
  const keys = containersOf(job!).flatMap(({ env }) =>
    env.flatMap(({ valueFrom }: Loose) => (valueFrom ? [valueFrom.secretKeyRef.key] : [])),
  );
  expect([...new Set(keys)]).toEqual(['postgres_password']);
});
