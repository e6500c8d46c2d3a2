/** Every suite, in the order of the report. Each but `lint` is a jest project. */
export const SUITES = ['lint', 'unit', 'programs', 'contract', 'deploy', 'kubernetes'] as const;
/** Suites that run only where they are named: they need a cluster, whose first build takes many minutes. */
export const NAMED_ONLY: readonly Suite[] = ['kubernetes'];
export type Suite = (typeof SUITES)[number];
export type JestSuite = Exclude<Suite, 'lint'>;

/** One run of jest: files of a suite that share its workers and, for `contract`, its database server. */
export interface Pass {
  readonly name: string;
  /** Files side by side: a test mostly waits for a client's retries, for LiteLLM's batches, for a container's health. */
  readonly workers: number | string;
  /** Parts of paths. @default - all files of the suite */
  readonly only?: readonly string[];
  readonly without?: readonly string[];
}

/** Those that stop the database server. */
const DATABASE = ['key-provisioner/outages', 'cli/doctor'];
/** Those that start, kill and stop demos: one after the other, since stopping may mean all demos that run. */
const DEMO = ['contract/demo/', 'contract/runtime/'];

/**
 * Those that start workspaces. One after the other: one of them sets firewall rules for every workspace of the machine.
 * What is not named here runs beside them.
 */
const WORKSPACES = ['deploy/workspace/', 'deploy/doctor/', 'deploy/coder/'];

/** The passes of a suite run side by side. */
export const PASSES: Readonly<Record<JestSuite, readonly Pass[]>> = {
  unit: [{ name: 'unit', workers: '100%' }],
  programs: [{ name: 'programs', workers: '100%' }],
  contract: [
    { name: 'contract', workers: 2, without: [...DATABASE, ...DEMO] },
    { name: 'contract-database', workers: 1, only: DATABASE },
    { name: 'contract-demo', workers: 1, only: DEMO },
  ],
  deploy: [
    { name: 'deploy', workers: 2, without: WORKSPACES },
    { name: 'deploy-workspaces', workers: 1, only: WORKSPACES },
  ],
  kubernetes: [{ name: 'kubernetes', workers: 1 }],
};

/** Suites that run one after the other, before all others; the others mostly wait and run side by side. */
export const FIRST: readonly Suite[] = ['lint', 'unit'];

/** The words of jest's command line for a pass. */
export function optionsOf({ workers, only = [], without = [] }: Pass): string[] {
  return [
    workers === 1 ? '--runInBand' : `--maxWorkers=${workers}`,
    ...only.flatMap((path) => ['--testPathPatterns', path]),
    ...without.flatMap((path) => ['--testPathIgnorePatterns', path]),
  ];
}
