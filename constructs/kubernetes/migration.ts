import { type Container, KubeJob, KubeServiceAccount } from 'cdk8s-plus-32/lib/imports/k8s';
import { kubernetesNames } from '../../settings/kubernetes';
import { PORTS } from '../../settings/ports';
import type { Settings } from '../../settings/schema';
import { imageOf } from '../../workloads/images';
import { LITELLM_SETTINGS } from '../../workloads/litellm';
import { DATABASE_NAME, DATABASE_ROLE } from '../../workloads/postgres';
import { EnvValue, secretsOf } from '../../workloads/value';
import type { Connection, Workload } from '../../workloads/workload';
import { labels } from './labels';
import { digest, type Manifest } from './manifest';
import { containerOf, imageReference, podSettings, resources, volumesOf } from './pod';
import { containerSecurity } from './security';
import { podEnvironment } from './value';

/**
 * LiteLLM's database is migrated by a Job of the version that is to serve, and no replica migrates. When it is done, the Job
 * writes the name of its image down in the database; a replica of that image waits for it before it starts. So the order holds
 * whoever applies the objects, and in whatever order. A release that was here before finds its name and starts at once.
 */
export const MIGRATION = 'litellm-migration';

/** What the Job and the waiting replicas reach. */
export const MIGRATION_CONNECTS: readonly Connection[] = [{ to: 'postgres', port: PORTS.postgres }];

/** Its own schema: LiteLLM's migrations look at `public` alone. */
const RECORD = `CREATE SCHEMA IF NOT EXISTS gateway;
CREATE TABLE IF NOT EXISTS gateway.migrations (image text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
INSERT INTO gateway.migrations (image) VALUES (:'image') ON CONFLICT DO NOTHING;`;
const ASK = "SELECT count(*) FROM gateway.migrations WHERE image = :'image';";

/** The Job of this version; another version, or other settings of it, are another Job. */
export function migrationObjects(litellm: Workload, settings: Settings): Manifest[] {
  const { namespace } = kubernetesNames(settings);
  const workload = migrating(litellm);
  const template = {
    metadata: { labels: labels(settings, MIGRATION) },
    spec: {
      ...podSettings(workload, settings),
      serviceAccountName: MIGRATION,
      restartPolicy: 'Never',
      // One after the other; the last has nothing to do once the first has failed.
      initContainers: [
        // A failed attempt would be tried again after ten seconds, twenty, forty.
        psql('wait-for-database', 'until pg_isready --quiet; do sleep 2; done', litellm, settings),
        { ...containerOf(workload, settings), name: 'migrate' },
      ],
      containers: [psql('record', `exec psql $OPTIONS --quiet <<'SQL'\n${RECORD}\nSQL`, litellm, settings)],
      volumes: volumesOf(workload),
    },
  };
  const metadata = { namespace, labels: labels(settings, MIGRATION) };
  return [
    KubeServiceAccount.manifest({ metadata: { ...metadata, name: MIGRATION }, automountServiceAccountToken: false }),
    KubeJob.manifest({
      metadata: { ...metadata, name: `${MIGRATION}-${digest(template)}` },
      // A finished Job stays, so that a plan finds it as it is.
      spec: { backoffLimit: 10, activeDeadlineSeconds: 1800, template },
    }),
  ];
}

/** What a replica does first. */
export const waitForMigration = (litellm: Workload, settings: Settings): Container =>
  psql(
    'wait-for-migration',
    `until [ "$(psql $OPTIONS --tuples-only --no-align <<'SQL' 2>/dev/null\n${ASK}\nSQL\n)" = 1 ]; do sleep 2; done`,
    litellm,
    settings,
  );

/** LiteLLM's program that ends before it would serve. It is given no provider's credentials. */
function migrating(litellm: Workload): Workload {
  const needed = Object.entries(litellm.environment).filter(
    ([name, value]) => name === 'DATABASE_URL' || secretsOf(value).length === 0,
  );
  const { DISABLE_SCHEMA_UPDATE: _, ...environment } = Object.fromEntries(needed);
  return {
    ...litellm,
    arguments: [
      ...(litellm.arguments ?? []),
      ...['--skip_server_startup', '--enforce_prisma_migration_check'].map(EnvValue.literal),
    ],
    environment: { ...LITELLM_SETTINGS, ...environment },
  };
}

/** LiteLLM as a replica: it never changes the database's tables. */
export const withoutMigration = (litellm: Workload): Workload => ({
  ...litellm,
  environment: { ...litellm.environment, DISABLE_SCHEMA_UPDATE: EnvValue.literal('true') },
});

/** A small program of PostgreSQL's image that talks to LiteLLM's database; `$OPTIONS` stands for how. */
function psql(name: string, script: string, litellm: Workload, settings: Settings): Container {
  const environment = {
    IMAGE: EnvValue.literal(imageReference(litellm.image)),
    OPTIONS: EnvValue.literal('--no-psqlrc --set=ON_ERROR_STOP=1'),
    PGHOST: EnvValue.literal('postgres'),
    PGPORT: EnvValue.literal(String(PORTS.postgres)),
    PGUSER: EnvValue.literal(DATABASE_ROLE),
    PGDATABASE: EnvValue.literal(DATABASE_NAME),
    PGPASSWORD: EnvValue.variable('postgres_password'),
    PGCONNECT_TIMEOUT: EnvValue.literal('5'),
  };
  const surroundings = { path: (file: string) => file, secret: kubernetesNames(settings).secret };
  return {
    name,
    image: imageOf('postgres', settings),
    imagePullPolicy: settings.kubernetes.image_pull.policy,
    // `$OPTIONS` is several words; Kubernetes leaves a dollar sign alone that no parenthesis follows.
    command: [
      'sh',
      '-c',
      script.replaceAll('psql $OPTIONS', 'psql $OPTIONS --set="image=$IMAGE"').replaceAll('$(', '$$('),
    ],
    env: podEnvironment(environment, surroundings),
    resources: resources(64, 10),
    securityContext: { ...containerSecurity(), runAsUser: NOBODY, runAsGroup: NOBODY },
  };
}

const NOBODY = 65534;
