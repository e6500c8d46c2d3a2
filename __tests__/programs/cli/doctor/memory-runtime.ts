import { spawn, spawnSync } from 'node:child_process';
import { DockerRuntime } from '../../../../cli/doctor/docker-runtime';
import { linesOf } from '../../../../cli/doctor/lines-of';
import type { Output, Runtime, WorkloadState } from '../../../../cli/doctor/runtime';

/** One workload of {@link MemoryRuntime}. */
export interface MemoryWorkload extends Partial<WorkloadState> {
  readonly log?: string;
  /** Evidence that it was ended for its memory. */
  readonly memoryKill?: string;
  /** The home directory in which scripts run. */
  readonly home?: string;
}

/** A stand-in for a runtime: workloads that a test describes. Scripts run for real, on this machine. */
export class MemoryRuntime implements Runtime {
  readonly name = 'the runtime of this test';
  readonly commands = new DockerRuntime({ env: {}, now: () => new Date() }).commands;

  constructor(
    private readonly workloads: Readonly<Record<string, MemoryWorkload>>,
    private readonly error?: string,
  ) {}

  unavailable = async () => this.error;

  async state(name: string): Promise<WorkloadState | undefined> {
    const workload = this.workloads[name];
    return workload && { ...RUNNING, ...workload };
  }

  log = async (name: string) => this.workloads[name]?.log ?? '';
  memoryKill = async (name: string) => this.workloads[name]?.memoryKill;

  async exec(name: string, script: string): Promise<Output> {
    const env = { PATH: process.env.PATH, HOME: this.workloads[name]?.home ?? '/nowhere' };
    const { status, stdout, stderr } = spawnSync('sh', ['-s'], { input: script, env, encoding: 'utf8' });
    return { code: status ?? 1, stdout, stderr };
  }

  execLines(name: string, script: string): AsyncIterable<string> {
    const env = { PATH: process.env.PATH, HOME: this.workloads[name]?.home ?? '/nowhere' };
    return linesOf(spawn('sh', ['-s'], { env }), script);
  }
}

const RUNNING: WorkloadState = {
  phase: 'running',
  status: 'running',
  exitCode: 0,
  health: 'healthy',
  restarts: 0,
  startedAt: '2026-11-23T08:00:00Z',
  environment: new Map(),
};
