import type { DoctorContext, Role } from '../doctor-context';
import { lastLine } from '../log-lines';
import { type Diagnosis, foundIf, type Symptom, step } from '../symptom';

const FULL = /No space left on device|ENOSPC|Disk quota exceeded/i;
/** A file system with less than this is as good as full for a database. */
const LITTLE_BYTES = 256 << 20;
const FULL_PERCENT = 99;
const MEBIBYTE = 2 ** 20;

/** Something can no longer write. */
export const diskFull: Symptom = {
  id: 'disk-full',
  title: 'writes fail: a disk or a quota is full',
  detection: "free space of the host and of the workspace's home, and what PostgreSQL and the gateway logged about it",
  causes: ["the host's disk is full of images or logs", 'a workspace has filled its home', 'a quota is reached'],
  detect: async (doctor) => foundIf([...(await host(doctor)), ...(await database(doctor)), ...(await home(doctor))]),
};

async function host({ machine, runtime, props }: DoctorContext): Promise<Diagnosis[]> {
  for (const folder of [props.folder, ...(props.logs === undefined ? [] : [props.logs])]) {
    const bytes = await machine.freeBytes(folder);
    if (bytes < LITTLE_BYTES) {
      return [
        {
          cause: `the disk of ${folder} is full`,
          evidence: [`df ${folder}: ${Math.round(bytes / MEBIBYTE)} MiB free`],
          fix: [
            step('Find the full file system:', 'df -h'),
            step(`Find out how much of it ${runtime.name} uses:`, runtime.commands.diskUsage),
            step('Remove images that nothing uses:', runtime.commands.freeDisk),
          ],
          explains: ['database-down', 'gateway-down'],
        },
      ];
    }
  }
  return [];
}

async function database(doctor: DoctorContext): Promise<Diagnosis[]> {
  const { runtime } = doctor;
  const lines = {
    postgres: lastLine(await currentLog(doctor, 'postgres'), FULL),
    litellm: lastLine(await currentLog(doctor, 'litellm'), FULL),
  };
  const role = lines.postgres ? 'postgres' : 'litellm';
  if (!lines[role]) return [];
  return [
    {
      cause:
        role === 'postgres'
          ? 'PostgreSQL cannot write: its volume is full'
          : 'the gateway cannot write: its disk is full',
      evidence: [`${role}.log: ${lines[role]}`],
      fix: [
        step('Find the full file system:', 'df -h'),
        step(`Find out how much of it ${runtime.name} uses:`, runtime.commands.diskUsage),
        step('When there is space again, start it:', runtime.commands.start(doctor.workloadName(role))),
      ],
      explains: ['database-down', 'gateway-down', 'configuration-broken', 'provisioner-cut-off'],
    },
  ];
}

/** Of what runs, only the last minutes: there may be space again. */
async function currentLog(doctor: DoctorContext, role: Role): Promise<string> {
  const state = await doctor.state(role);
  return state && state.phase !== 'stopped' ? doctor.recentLog(role) : doctor.log(role);
}

async function home(doctor: DoctorContext): Promise<Diagnosis[]> {
  const facts = await doctor.workspace();
  if (!facts || facts.homeUsedPercent < FULL_PERCENT) return [];
  const workspace = doctor.props.workspace ?? '';
  const largest = `sh -c 'du -xh "$HOME" | sort -h | tail -n 15'`;
  return [
    {
      cause: "the workspace's home is full",
      evidence: [`df ~ in ${workspace}: ${facts.homeUsedPercent} % used`],
      fix: [step('Find out what takes the space, and delete it:', doctor.runtime.commands.exec(workspace, largest))],
      explains: ['workspace-files-missing', 'roo-import-failed'],
    },
  ];
}
