import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  copyCluster,
  prepareDatabaseTemplate,
  TEMPLATE_DATABASE,
} from '../../../runtime/installation/database-template';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { prepareEnvoy } from '../../../runtime/installation/envoy';
import { preparePythonEnvironment, queryEngine } from '../../../runtime/installation/python-environment';
import type { Work } from '../../../runtime/installation/work';
import { startOnAnyPort } from '../../../runtime/processes/port-taken';
import { Postgres } from '../../../runtime/services/postgres';
import { ForkServer, type LiteLLMEnd, type LiteLLMRun } from './fork-server';
import { type GatewayAnswer, type GatewayRequest, onSamePort, TestGateway } from './test-gateway';

/** A database without a gateway. */
export interface TestDatabase {
  readonly databaseUrl: string;
  /** LiteLLM's SQL migrations. */
  readonly migrationsDirectory: string;
  /** The interpreter that has LiteLLM and its database client. */
  readonly python: string;
  readonly queryEngine: string;
}

/** One PostgreSQL server, and the gateways that suites start on databases of their own. */
export class TestGateways {
  private readonly running = new Map<string, TestGateway>();
  private readonly forkServer: ForkServer;

  private constructor(
    private readonly directory: string,
    private readonly venv: string,
    private readonly migrationsDirectory: string,
    /** Path of Envoy. */
    readonly envoy: string,
    private readonly postgres: Postgres,
  ) {
    this.forkServer = new ForkServer(venv);
  }

  /** Installs what is missing and starts PostgreSQL. */
  static async open(work: Work): Promise<TestGateways> {
    const cache = cacheDirectory();
    const python = await preparePythonEnvironment(cache, work);
    const { venv, migrationsDirectory } = python;
    const envoy = await prepareEnvoy(cache, python, work);
    const template = await prepareDatabaseTemplate(cache, migrationsDirectory, work);
    const directory = mkdtempSync(join(tmpdir(), 'gateway-tests-'));
    chmodSync(directory, 0o755); // PostgreSQL may run as another user
    const dataDirectory = join(directory, 'cluster');
    await copyCluster(template, dataDirectory, work.signal);
    const { password } = template;
    const logFile = join(directory, 'postgres.log');
    let postgres: Postgres | undefined;
    await startOnAnyPort(async (port) => {
      postgres = await Postgres.open({ dataDirectory, logFile, port, password, scratch: directory });
      await postgres.start(work.signal);
    });
    if (!postgres) throw new Error('PostgreSQL was not started');
    return new TestGateways(directory, venv, migrationsDirectory, envoy, postgres);
  }

  async start(request: GatewayRequest): Promise<GatewayAnswer> {
    const id = randomBytes(4).toString('hex');
    const directory = join(this.directory, id);
    mkdirSync(directory, { mode: 0o700 });
    const databaseUrl = request.databaseUrl || (await this.postgres.createDatabase(`suite_${id}`, TEMPLATE_DATABASE));
    const { venv, envoy, forkServer } = this;
    const gateway = new TestGateway({ id, directory, databaseUrl, venv, envoy, forkServer }, request);
    this.running.set(id, gateway);
    try {
      return await gateway.start();
    } catch (error) {
      await this.remove(id);
      throw error;
    }
  }

  /**
   * A fresh database without a gateway, and what reaches it as LiteLLM does.
   *
   * @param options `migrated`: with LiteLLM's tables; default true
   */
  async database({ migrated = true } = {}): Promise<TestDatabase> {
    const name = `suite_${randomBytes(4).toString('hex')}`;
    const databaseUrl = await this.postgres.createDatabase(name, migrated ? TEMPLATE_DATABASE : undefined);
    const { venv, migrationsDirectory } = this;
    return { databaseUrl, migrationsDirectory, python: join(venv, 'bin/python'), queryEngine: queryEngine() };
  }

  /** Starts a gateway's LiteLLM once more, on another configuration, and waits for its end. */
  runLiteLLM(id: string, options: LiteLLMRun): Promise<LiteLLMEnd> {
    return this.find(id).runLiteLLM(options);
  }

  /** Another key-provisioner for the same gateway, with the same secrets. */
  startCopy(id: string, env: Record<string, string>): Promise<{ url: string }> {
    return this.find(id).startCopy(env);
  }

  /** `start`, `stop` or `kill` of `litellm`, `edge` or `key-provisioner`. */
  control(id: string, service: string, action: string): Promise<void> {
    return this.find(id).control(service, action);
  }

  async remove(id: string): Promise<void> {
    await this.find(id).stop();
    this.running.delete(id);
    await this.postgres.dropDatabase(`suite_${id}`).catch(() => {}); // it may be in the middle of an outage
  }

  /** An outage, for every gateway of the run. */
  async stopPostgres(): Promise<void> {
    await this.postgres.stop();
  }

  async startPostgres(): Promise<void> {
    await onSamePort(this.postgres);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.remove(id)));
    this.forkServer.stop();
    await this.postgres.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private find(id: string): TestGateway {
    const found = this.running.get(id);
    if (!found) throw new Error(`no gateway is called ${id}`);
    return found;
  }
}
