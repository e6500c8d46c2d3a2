import { z } from 'zod';
import { catalog } from '../catalog/catalog';
import { type Catalog, PROVIDERS, type Provider } from '../catalog/model';
import { holdsCredential, sendsKeyInClear } from '../catalog/urls';
import { AGENTS } from '../images/key-provisioner/src/configuration';
import { REQUESTED_DURATION } from '../images/key-provisioner/src/keys/duration';
import { floatingTag } from './image-tags';
import { kubernetesSettings } from './kubernetes';
import { PORTS } from './ports';
import { REGION_FORMS } from './region-forms';

/** The shape of `gateway.yaml`. Everything has a default, so an empty file is a working deployment. */

const modelNames = catalog.map((model) => model.name) as [string, ...string[]];
const modelName = z.enum(modelNames);
const named = (catalog as Catalog).filter((model) => model.byNameOnly).map(({ name }) => name);
const byNameOnly = `In a policy \`all\` does not contain ${named.join(', ')}; name it where it is wanted.`;

/** LiteLLM's notation of a span of time: a whole number and s, m, h, d. */
const duration = z
  .string()
  .regex(REQUESTED_DURATION, 'a span of time such as "30d", "12h" or "45m"')
  .describe('A span of time: a whole number followed by s, m, h or d, for example 30d.');
const dollars = z.number().positive().max(1_000_000);
const perMinute = z.int().min(1).max(1_000_000);
const NO_CREDENTIALS = 'a URL must hold no password, token or key: settings are committed, and';
const httpUrl = (whoReads: string) =>
  z
    .url({ protocol: /^https?$/, error: 'an http or https URL, such as "https://coder.example.com"' })
    .refine((url) => !holdsCredential(url), `${NO_CREDENTIALS} ${whoReads}`);
/** Where people turn to: shown to everybody, in the gateway's own answers. */
const contact = z
  .union([z.email(), httpUrl('everybody whose budget is spent is shown this one')], {
    error: 'an e-mail address or an http or https URL, such as "platform@example.com" or "https://wiki.example.com/ai"',
  })
  .refine((value) => /^[\x21-\x7e]{1,200}$/.test(value), 'at most 200 characters, without spaces');
const port = z.int().min(1).max(65535);
/** The longest calendar month, since a budget of `30d` is renewed on the first of each: its rows must still be there. */
const LEAST_RETENTION_DAYS = 31;
const megabytes = (minimum: number) => z.int().min(minimum).max(1_048_576);

const modelList = z
  .union([z.literal('all'), z.array(modelName).min(1)], `a list of ${modelNames.join(', ')}`)
  .describe(`\`all\`, or the names a key may ask for. ${byNameOnly}`);

/** What a provider bills beside or above the price of tokens, where a request asks for it. */
export const BILLED_EXTRAS = ['web-search', 'fast-mode', 'us-inference'] as const;
export type BilledExtra = (typeof BILLED_EXTRAS)[number];

const limits = {
  max_budget: dollars.describe('US dollars a key may spend per `budget_duration`.'),
  budget_duration: duration.describe(
    'The window after which spend starts at zero again (LiteLLM aligns it to the calendar).',
  ),
  rpm_limit: perMinute.describe('Requests a minute.'),
  tpm_limit: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe('Tokens a minute; without it there is no such limit.'),
  max_parallel_requests: z.int().min(1).max(10_000).optional().describe('Requests under way at once.'),
  duration: duration.describe('How long a key lives; a workspace renews its key at each start.'),
  models: modelList,
  allow: z
    .array(z.enum(BILLED_EXTRAS))
    .describe(
      'What requests may ask for that costs more than their tokens: `web-search` ($10 per 1,000), `fast-mode` (twice the price), `us-inference` (1.1 times). It is counted; what is not named is refused.',
    ),
};

const policy = (defaults: { [K in keyof typeof limits]?: unknown }) =>
  z
    .strictObject({
      max_budget: limits.max_budget.default(defaults.max_budget as number),
      budget_duration: limits.budget_duration.default('30d'),
      rpm_limit: limits.rpm_limit.default(defaults.rpm_limit as number),
      tpm_limit: limits.tpm_limit,
      max_parallel_requests: limits.max_parallel_requests,
      duration: limits.duration.default(defaults.duration as string),
      models: limits.models.default(defaults.models as 'all'),
      allow: limits.allow.default(['web-search']),
    })
    .prefault({});

const SOURCES = ['variable', 'instance-role', 'off'] as const;
/** Providers that know their callers by an API key alone, so that no role of a machine takes its place. */
const KEY_ONLY: readonly Provider[] = ['anthropic', 'openai', 'azure'];

/** Where a provider's credentials may come from. */
export const credentialSources = (provider: Provider) =>
  SOURCES.filter((source) => source !== 'instance-role' || !KEY_ONLY.includes(provider));

const credentials = (provider: Provider) =>
  z
    .enum(credentialSources(provider))
    .default('off')
    .describe('Where credentials come from: a Terraform variable, the role of the machine, or `off`: not used at all.');

const provider = (name: Provider) => {
  const fields = {
    credentials: credentials(name),
    api_base: httpUrl('every workspace can read this one at /v1/model/info; give the credential as a variable')
      .refine(
        (url) => !sendsKeyInClear(url),
        'an http URL of a public provider, which would send its key unencrypted; write https',
      )
      .optional()
      .describe("A base URL instead of the provider's own: a company's egress proxy, a private endpoint."),
  };
  const form = REGION_FORMS[name];
  const region = z
    .string()
    .regex(form?.form ?? /^$/, `a region, such as "${form?.example}"`)
    .optional()
    .describe("The provider's region.");
  // Only of the providers that have one; the type says the same of all.
  return z
    .strictObject(form ? { ...fields, region } : (fields as typeof fields & { region: typeof region }))
    .prefault({});
};

/** A registry's host, with its port, may be first; only there are capital letters allowed. */
const IMAGE = /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9][a-z0-9._/-]*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

const image = (name: string) =>
  z
    .string()
    .regex(IMAGE, 'an image with a tag or a digest, such as "registry.example.com/litellm:v1.104.2"')
    .superRefine((reference, context) => {
      const message = IMAGE.test(reference) ? floatingTag(name, reference) : undefined;
      if (message) context.addIssue({ code: 'custom', message });
    })
    .optional();

/** Address a port is published on: loopback unless asked otherwise. */
const bind = z.union([z.ipv4(), z.ipv6()], 'an IPv4 or IPv6 address, such as 127.0.0.1').default('127.0.0.1');

export const settingsSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens, at most 31')
      .default('ai-gateway')
      .describe('Prefix of every container, network and volume.'),
    target: z
      .enum(['docker', 'kubernetes'])
      .default('docker')
      .describe('Where the platform and its workspaces run: one Docker host, or a Kubernetes cluster.'),
    providers: z
      .strictObject(
        Object.fromEntries(PROVIDERS.map((name) => [name, provider(name)])) as Record<
          Provider,
          ReturnType<typeof provider>
        >,
      )
      .prefault({}),
    models: z
      .strictObject({
        enabled: modelList.default('all').describe('Which catalog models the gateway serves.'),
        default: modelName
          .default('claude-sonnet-4-5')
          .describe('What a workspace uses unless its owner chooses otherwise.'),
        small: modelName.default('claude-haiku-4-5').describe("Agents' model for titles and commit messages."),
        provider_failover: z
          .boolean()
          .default(false)
          .describe('When a provider fails, ask the same model at the next provider of its catalog entry.'),
      })
      .prefault({}),
    policies: z
      .strictObject({
        contact: contact
          .optional()
          .describe(
            'Whom to ask for more: an e-mail address or a URL, named in the answers to requests whose budget is spent or whose key has ended.',
          ),
        person: z
          .strictObject({ max_budget: dollars.default(40), budget_duration: duration.default('30d') })
          .prefault({})
          .describe('Caps what all keys of one person spend together.'),
        workspace: policy({ max_budget: 10, rpm_limit: 60, duration: '30d', models: 'all' }),
        user: policy({ max_budget: 20, rpm_limit: 100, duration: '90d', models: 'all' }),
        ci: policy({ max_budget: 5, rpm_limit: 30, duration: '365d', models: ['claude-haiku-4-5'] }),
        'agent:review': policy({
          max_budget: 15,
          rpm_limit: 40,
          duration: '365d',
          models: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
        }),
        'agent:write': policy({ max_budget: 30, rpm_limit: 60, duration: '365d', models: 'all' }),
      })
      .prefault({}),
    litellm: z
      .strictObject({
        port: port.default(PORTS.edge).describe('Port on the host.'),
        bind,
        memory_mb: megabytes(1536).default(4096).describe('Of each replica.'),
        replicas: z
          .int()
          .min(1)
          .max(8)
          .default(1)
          .describe(
            'How many LiteLLM run side by side. With more than one, a Valkey holds the counters that limits and budgets are checked against, and `make deploy` replaces one after the other.',
          ),
        request_timeout_s: z
          .int()
          .min(30)
          .max(6000)
          .default(900)
          .describe('Long enough for an agent turn of many minutes.'),
        spend_logs_retention: z
          .string()
          .regex(/^[1-9]\d{0,4}d$/, 'must be a whole number of days, such as "90d"')
          .refine(
            (text) => Number.parseInt(text, 10) >= LEAST_RETENTION_DAYS,
            `must be at least ${LEAST_RETENTION_DAYS}d`,
          )
          .default('62d')
          .describe(
            'How long the record of each request is kept, which `gateway spend audit` reads: by default the month that runs and the whole one before it, which a bill is settled with. The daily sums, keys and budgets stay.',
          ),
      })
      .prefault({}),
    key_provisioner: z
      .strictObject({
        port: port.default(PORTS.keyProvisioner).describe('Port on the host.'),
        bind,
        memory_mb: megabytes(128).default(256),
        reconcile_interval_s: z
          .int()
          .min(0)
          .max(86_400)
          .default(300)
          .describe(
            "How often all keys are compared with today's policy and keys of deleted workspaces are looked for. 0: only the policy, once after each start.",
          ),
      })
      .prefault({}),
    postgres: z.strictObject({ memory_mb: megabytes(256).default(1024) }).prefault({}),
    volumes: z
      .strictObject({
        keep_on_destroy: z.boolean().default(true).describe('Whether the database outlives `destroy`.'),
      })
      .prefault({}),
    coder: z
      .strictObject({
        url: httpUrl("this one is in a container's environment; give Coder's token as coder_token")
          .optional()
          .describe("Coder's address, as the platform's containers reach it (not localhost)."),
        confirm_workspaces: z
          .boolean()
          .default(false)
          .describe('Whether the key-provisioner asks Coder before it trusts a workspace (needs `coder_token`).'),
        server: z.boolean().default(false).describe('Whether the platform stack runs a Coder server too.'),
        port: port.default(PORTS.coder).describe("The Coder server's port on the host."),
        bind,
      })
      .prefault({}),
    workspace: z
      .strictObject({
        egress: z.enum(['internet', 'none']).default('internet').describe('Whether workspaces reach the internet.'),
        agents: z
          // Zoo Code takes Roo Code's place by `roo_extension`.
          .array(z.enum(AGENTS).exclude(['zoo-code']))
          .min(1)
          .default(['roo-code', 'opencode', 'claude-code'])
          .describe('Agents the workspace image holds.'),
        roo_extension: z
          .enum(['roo-code', 'zoo-code'])
          .default('roo-code')
          .describe(
            'Which extension reads the Roo settings: Roo Code in its last version, or its maintained successor.',
          ),
      })
      .prefault({}),
    docker: z
      .strictObject({
        host: z
          .string()
          .regex(
            /^(unix|tcp|ssh|npipe):\/\//,
            'the address of a daemon, such as "unix:///var/run/docker.sock" or "ssh://user@host"',
          )
          .refine((url) => !holdsCredential(url), `${NO_CREDENTIALS} Terraform's state holds it; use a key for ssh`)
          .default('unix:///var/run/docker.sock'),
      })
      .prefault({}),
    kubernetes: kubernetesSettings,
    images: z
      .strictObject({
        litellm: image('litellm'),
        edge: image('edge'),
        valkey: image('valkey'),
        postgres: image('postgres'),
        key_provisioner: image('key_provisioner'),
        door: image('door'),
        coder: image('coder'),
        workspace: image('workspace'),
        node: image('node').describe('Base of the images built here.'),
        seed: image('seed').describe('Any small image; files reach read-only containers through it.'),
      })
      .prefault({})
      .describe('Overrides of the pinned images (mirrors, air gap). Always with a full version or a digest.'),
  })
  .describe('Settings of one AI gateway deployment.');

/** Settings with every default filled in. */
export type Settings = z.output<typeof settingsSchema>;
/** The same as somebody writes them. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type Policy = Settings['policies']['workspace'];
/** Kinds of keys. */
export const SCOPES = ['workspace', 'user', 'ci', 'agent:review', 'agent:write'] as const;
export type Scope = (typeof SCOPES)[number];
