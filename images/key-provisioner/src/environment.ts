import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type GatewayConfiguration, gatewayConfigurationSchema } from './configuration';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const secret = z.string('is missing').min(16, 'is shorter than 16 characters; use at least 32 random characters');
const PORT_ERROR = 'must be a port number from 0 to 65535';
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
/** Containers are often given an empty variable for "none". */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const environmentSchema = z.object({
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: z.coerce.number(PORT_ERROR).int(PORT_ERROR).min(0, PORT_ERROR).max(65_535, PORT_ERROR).default(8100),
  LITELLM_URL: httpUrl,
  LITELLM_MASTER_KEY: secret.startsWith('sk-', 'must start with "sk-"'),
  ADMIN_TOKEN: secret,
  WORKSPACE_IDENTITY_SECRET: secret,
  KEY_DERIVATION_SECRET: secret,
  CODER_URL: optional(httpUrl),
  CODER_TOKEN: optional(z.string().min(8, 'is too short to be a token of Coder')),
  GATEWAY_CONFIGURATION: z.string().min(1).default('/etc/gateway/gateway.json'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
});
export type Environment = z.infer<typeof environmentSchema>;

/** Everything that keeps the service from starting, at once. Quotes no values of the environment, since some are secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(`the key-provisioner cannot start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads and checks what the process was given.
 *
 * @throws ConfigurationError with every problem
 */
export function readEnvironment(env: NodeJS.ProcessEnv): {
  environment: Environment;
  configuration: GatewayConfiguration;
} {
  const environment = environmentSchema.safeParse(env);
  const file = env['GATEWAY_CONFIGURATION'] || '/etc/gateway/gateway.json';
  const configuration = readConfiguration(file);
  const problems = [
    ...(environment.success ? crossChecks(environment.data) : describe(environment.error, '')),
    ...('problems' in configuration ? configuration.problems : []),
  ];
  if (environment.success && 'configuration' in configuration) {
    if (configuration.configuration.confirm_workspaces) {
      const { CODER_TOKEN, CODER_URL } = environment.data;
      if (!CODER_TOKEN) problems.push('CODER_TOKEN: is required because confirm_workspaces is on');
      if (!CODER_URL && !configuration.configuration.coder_url) {
        problems.push('CODER_URL: is required because confirm_workspaces is on');
      }
    }
    if (problems.length === 0) return { environment: environment.data, configuration: configuration.configuration };
  }
  throw new ConfigurationError(problems);
}

function crossChecks(environment: Environment): string[] {
  const names = ['LITELLM_MASTER_KEY', 'ADMIN_TOKEN', 'WORKSPACE_IDENTITY_SECRET', 'KEY_DERIVATION_SECRET'] as const;
  return names.flatMap((name, index) => {
    const other = names.slice(0, index).find((earlier) => environment[earlier] === environment[name]);
    return other ? [`${name}: must not be the same as ${other}`] : [];
  });
}

function readConfiguration(file: string): { configuration: GatewayConfiguration } | { problems: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code
      ? `cannot be read (${code}); set GATEWAY_CONFIGURATION to the path of gateway.json`
      : 'is not valid JSON';
    return { problems: [`${file}: ${reason}`] };
  }
  const parsed = gatewayConfigurationSchema.safeParse(value);
  if (!parsed.success) return { problems: describe(parsed.error, `${file}: `) };
  const names = parsed.data.models.map(({ name }) => name);
  const unknown = [
    ['default_model', parsed.data.default_model] as const,
    ['small_model', parsed.data.small_model] as const,
  ].filter(([, name]) => !names.includes(name));
  if (unknown.length === 0) return { configuration: parsed.data };
  return {
    problems: unknown.map(
      ([field, name]) => `${file}: ${field}: "${name}" is not one of the models in this file (${names.join(', ')})`,
    ),
  };
}

function describe(error: z.ZodError, prefix: string): string[] {
  return error.issues.map(({ path, message }) => prefix + (path.length > 0 ? `${path.join('.')}: ` : '') + message);
}
