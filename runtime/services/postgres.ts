import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { run } from '../processes/run';
import { Service } from '../processes/service';
import { LocalService } from './local-service';
import { postgresBinaries, type ServerUser, serverUser } from './postgres-binaries';

const ROLE = 'litellm';
const MAINTENANCE_DATABASE = 'postgres';
const START_TIMEOUT_S = 60;
const CONNECT_TIMEOUT_MS = 10_000;

// Durability is of no use here, starting fast is.
const SERVER_SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=64MB',
  'max_connections=200',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];

export interface PostgresOptions {
  /** Where the cluster is; it must be reachable for `nobody` when root starts it. */
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly port: number;
  readonly password: string;
  /** A directory for what must be copied first. */
  readonly scratch: string;
}

/** A PostgreSQL server on 127.0.0.1. */
export class Postgres extends LocalService {
  private constructor(
    private readonly options: PostgresOptions,
    private readonly binaries: string,
    private readonly user: ServerUser,
  ) {
    super(options.port, START_TIMEOUT_S);
  }

  static async open(options: PostgresOptions): Promise<Postgres> {
    const user = await serverUser();
    return new Postgres(options, await postgresBinaries(options.scratch, user), user);
  }

  /** The connection string of one of its databases. */
  url(database: string): string {
    return `postgresql://${ROLE}:${this.options.password}@127.0.0.1:${this.options.port}/${database}`;
  }

  /** Makes an empty cluster. */
  async initialise(signal?: AbortSignal): Promise<void> {
    const { dataDirectory, scratch, password } = this.options;
    const passwordFile = join(scratch, `password-${randomBytes(4).toString('hex')}`);
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const path of [dataDirectory, passwordFile]) this.handOver(path);
    const options = ['-U', ROLE, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
    try {
      await run(join(this.binaries, 'initdb'), ['-D', dataDirectory, ...options, '--no-locale', '--no-sync'], {
        ...this.user,
        cwd: '/',
        signal,
      });
    } finally {
      rmSync(passwordFile, { force: true });
    }
  }

  protected override launch(): Service {
    const { dataDirectory, logFile, port } = this.options;
    const settings = [...SERVER_SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
    return Service.start('PostgreSQL', join(this.binaries, 'postgres'), ['-D', dataDirectory, ...settings], {
      ...this.user,
      cwd: '/',
      env: {},
      logFile,
      stopSignal: 'SIGINT', // disconnects clients; SIGTERM would wait for them to leave
    });
  }

  async createDatabase(name: string, template = 'template1'): Promise<string> {
    await this.query(`CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY FILE_COPY`);
    return this.url(name);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }

  /** One statement as the superuser, outside the databases in use. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({
      connectionString: this.url(MAINTENANCE_DATABASE),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Another demo's server may answer on the same port, and takes the same password: both are copies of one template. */
  protected override async isReady(): Promise<boolean> {
    const [row] = await this.query('SHOW data_directory');
    return row?.data_directory === this.options.dataDirectory;
  }

  private handOver(path: string): void {
    const { uid, gid } = this.user;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
}
