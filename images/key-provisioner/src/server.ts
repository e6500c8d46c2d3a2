import pino from 'pino';
import { buildApp } from './app';
import { ConfigurationError, readEnvironment } from './environment';

/** How long requests in progress may take to finish when the process is asked to stop. */
const STOP_GRACE_S = 12;

async function main(): Promise<void> {
  const { environment, configuration } = readEnvironment(process.env);
  const log = pino({
    level: environment.LOG_LEVEL,
    base: { service: 'key-provisioner' },
    timestamp: pino.stdTimeFunctions.isoTime,
    // Headers and bodies are never logged; this is for the day that is forgotten.
    redact: ['*.authorization', '*.headers.authorization', '*["coder-session-token"]', '*.api_key'],
  });
  const coderUrl = environment.CODER_URL ?? configuration.coder_url;
  const app = await buildApp({
    configuration,
    secrets: {
      adminToken: environment.ADMIN_TOKEN,
      workspaceIdentitySecret: environment.WORKSPACE_IDENTITY_SECRET,
      keyDerivationSecret: environment.KEY_DERIVATION_SECRET,
    },
    litellm: { url: environment.LITELLM_URL, masterKey: environment.LITELLM_MASTER_KEY },
    ...(coderUrl ? { coder: { url: coderUrl, token: environment.CODER_TOKEN } } : {}),
    logger: log,
  });

  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping: finishing the requests in progress');
    setTimeout(() => {
      log.error('requests did not finish in time');
      process.exit(1);
    }, STOP_GRACE_S * 1000).unref();
    await app.close();
    log.info('stopped');
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const { HOST: host, PORT: port } = environment;
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError([
      `HOST, PORT: cannot listen on ${host}:${port} (${error.code ?? error.message}); choose another address or port`,
    ]);
  });
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigurationError;
  process.stderr.write(`${expected ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
