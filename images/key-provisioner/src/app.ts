import { randomUUID } from 'node:crypto';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import pino from 'pino';
import { Audit } from './audit';
import { CoderClient } from './coder/client';
import { Confirmation } from './coder/confirmation';
import type { GatewayConfiguration } from './configuration';
import type { App } from './http/app-type';
import { Authentication } from './http/authentication';
import { handleError } from './http/error-handler';
import { registerJsonBody } from './http/json-body';
import { registerNotFound } from './http/not-found';
import { registerOpenApi } from './http/openapi';
import { DEFAULT_LIMITS, type Limits, registerRateLimits } from './http/rate-limits';
import { observeRequests } from './http/request-log';
import { Derivation } from './keys/derivation';
import { GoneWorkspaces } from './keys/gone-workspaces';
import { Keyring } from './keys/keyring';
import { Ledger } from './keys/ledger';
import { Operations } from './keys/operations';
import { Ownership } from './keys/ownership';
import { People } from './keys/people';
import { PolicySweep } from './keys/policy-sweep';
import { Reconciler } from './keys/reconciler';
import { Rotation } from './keys/rotation';
import { scheduleReconciler } from './keys/schedule';
import { LiteLLMClient } from './litellm/client';
import { Metrics } from './metrics';
import { registerRoutes } from './routes';
import type { Services } from './services';

/** What the service is made of. */
export interface AppOptions {
  readonly configuration: GatewayConfiguration;
  readonly secrets: {
    readonly adminToken: string;
    readonly workspaceIdentitySecret: string;
    readonly keyDerivationSecret: string;
  };
  readonly litellm: { readonly url: string; readonly masterKey: string };
  /** @default - no confirmation, no self-service, no search for deleted workspaces */
  readonly coder?: { readonly url: string; readonly token?: string | undefined };
  /** @default - silent */
  readonly logger?: FastifyBaseLogger;
  /** @default DEFAULT_LIMITS */
  readonly limits?: Partial<Limits>;
}

/** Most bytes of a request body; the list of people for a bootstrap may be longer. */
const BODY_LIMIT = 64 * 1024;
/** A slow or silent client must not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The service without its process: nothing listens yet. `close()` finishes the requests in progress. */
export async function buildApp(options: AppOptions): Promise<App> {
  const log = options.logger ?? pino({ enabled: false });
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const app: App = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    },
    frameworkErrors: handleError,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 512 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.removeContentTypeParser('text/plain');
  registerJsonBody(app);

  const services = createServices(options, log, limits);
  observeRequests(app, services.metrics);
  await registerRateLimits(app, limits);
  registerNotFound(app);
  await registerOpenApi(app);
  await registerRoutes(app, services);

  let stop = async () => {};
  app.addHook('onListen', async () => {
    stop = scheduleReconciler(services, options.configuration.reconcile_interval_s, log);
  });
  app.addHook('onClose', async () => {
    await stop();
    await Promise.all([services.litellm.close(), services.coder?.close()]);
  });
  return app;
}

function createServices(options: AppOptions, log: FastifyBaseLogger, limits: Limits): Services {
  const { configuration, secrets } = options;
  const metrics = new Metrics();
  const litellm = new LiteLLMClient({ ...options.litellm, metrics });
  const derivation = new Derivation(secrets.keyDerivationSecret);
  const ledger = new Ledger(litellm, derivation);
  const people = new People(litellm, configuration);
  const coder = options.coder && new CoderClient({ ...options.coder, metrics });
  const ownership = new Ownership(options.coder?.token ? coder : undefined);
  const keyring = new Keyring(litellm, ledger, people, derivation, configuration, ownership);
  const audit = new Audit(log, metrics);
  return {
    configuration,
    workspaceIdentitySecret: secrets.workspaceIdentitySecret,
    authentication: new Authentication(secrets.adminToken, limits.failuresPerMinute),
    litellm,
    derivation,
    ledger,
    people,
    keyring,
    rotation: new Rotation(litellm, ledger, derivation, keyring),
    operations: new Operations(litellm, ledger),
    metrics,
    audit,
    coder,
    confirmation: coder && configuration.confirm_workspaces ? new Confirmation(coder, log) : undefined,
    reconciler: new Reconciler(
      new PolicySweep({ litellm, ledger, keyring, people, derivation, metrics, audit }),
      coder && options.coder?.token ? new GoneWorkspaces(litellm, ledger, coder, log) : undefined,
      metrics,
      audit,
      log,
    ),
  };
}
