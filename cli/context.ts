import { resolve } from 'node:path';
import type { Settings } from '../settings/schema';
import { DockerRuntime } from './doctor/docker-runtime';
import { localMachine, type Machine } from './doctor/machine';
import type { Runtime } from './doctor/runtime';
import type { Environment } from './environment';
import { EXIT, type ExitCode } from './errors';
import { type Http, nodeHttp } from './http';
import { type SettingsLoader, settingsLoader } from './settings-file';
import { Io } from './terminal/io';

/** What commands get instead of reaching for globals: where they read and write, their environment, clock and clients. */
export interface CommandContext {
  readonly io: Io;
  readonly env: Environment;
  readonly now: () => Date;
  /** One HTTP exchange; every client uses it. */
  readonly http: Http;
  /** Reads and checks a settings file. */
  readonly loadSettings: SettingsLoader;
  /** What runs the deployment that settings describe. */
  readonly runtime: (settings: Settings) => Runtime;
  /** Facts about the machine that this program runs on. */
  readonly machine: Machine;
  /** The working directory. */
  readonly cwd: string;
  /** The absolute path of a file as it was named on the command line. */
  readonly path: (file: string) => string;
  /** What the process ends with, unless an error says otherwise. A command whose work found something bad sets it. */
  exitCode: ExitCode;
}

/** What a context is made from. */
export interface ContextProps {
  readonly io: Io;
  readonly env: Environment;
  readonly cwd: string;
  /** @default - the system's clock */
  readonly now?: () => Date;
  /** @default - Node.js's HTTP client */
  readonly http?: Http;
  /** @default - Docker, by its command */
  readonly runtime?: (settings: Settings) => Runtime;
  /** @default - this one */
  readonly machine?: Machine;
}

/** Fills in what the system provides. */
export function createContext(props: ContextProps): CommandContext {
  const { io, env, cwd, now = () => new Date(), http = nodeHttp, machine = localMachine } = props;
  const docker = ({ docker: { host } }: Settings) => new DockerRuntime({ env, now, ...(host ? { host } : {}) });
  return {
    io,
    env,
    cwd,
    now,
    http,
    machine,
    loadSettings: settingsLoader(cwd),
    runtime: props.runtime ?? docker,
    path: (file) => resolve(cwd, file),
    exitCode: EXIT.ok,
  };
}

/** The context of a real process. */
export const processContext = ({ stdin, stdout, stderr, env, cwd }: NodeJS.Process): CommandContext =>
  createContext({ io: new Io(stdin, stdout, stderr, env), env, cwd: cwd() });
