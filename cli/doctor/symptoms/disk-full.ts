import { statfs } from 'node:fs/promises';
import type { Examination, Role } from '../examination';
import type { Diagnosis, Symptom } from '../symptom';
import { lastLine } from './database-down';

const FULL = /No space left on device|ENOSPC|Disk quota exceeded/i;
/** A file system with less than this, in bytes, is as good as full for a database. */
const LITTLE = 256 << 20;

/** Something can no longer write. */
export const diskFull: Symptom = {
  id: 'disk-full',
  title: 'writes fail: a disk or a quota is full',
  detection: "free space of the host and of the workspace's home, and what PostgreSQL and the gateway wrote about it",
  causes: ["the host's disk is full of images or logs", 'a workspace filled its home', 'a quota is reached'],
  detect: async (examination) => [
    ...(await host(examination)),
    ...(await database(examination)),
    ...(await home(examination)),
  ],
};

async function host(examination: Examination): Promise<Diagnosis[]> {
  const folders = [process.cwd(), ...(examination.options.logs === undefined ? [] : [examination.options.logs])];
  for (const folder of folders) {
    const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }));
    if (bavail * bsize < LITTLE) {
      return [
        {
          cause: `the disk of ${folder} is full`,
          evidence: [`df ${folder}: ${Math.round((bavail * bsize) / 2 ** 20)} MiB free`],
          fix: ['df -h', 'docker system df && docker image prune'],
          explains: ['database-down', 'gateway-down'],
        },
      ];
    }
  }
  return [];
}

async function database(examination: Examination): Promise<Diagnosis[]> {
  const said = {
    postgres: lastLine(await currentLog(examination, 'postgres'), FULL),
    litellm: lastLine(await currentLog(examination, 'litellm'), FULL),
  };
  const role = said.postgres ? 'postgres' : 'litellm';
  if (!said[role]) return [];
  return [
    {
      cause:
        role === 'postgres'
          ? 'PostgreSQL cannot write: its volume is full'
          : 'the gateway cannot write: its disk is full',
      evidence: [`${role}.log: ${said[role]}`],
      fix: [
        'df -h',
        'docker system df -v',
        `docker start ${examination.containerName(role)}   # when there is space again`,
      ],
      explains: ['database-down', 'gateway-down', 'configuration-broken', 'provisioner-cut-off'],
    },
  ];
}

/** Of what runs only the last minutes: there may be space again. */
const currentLog = async (examination: Examination, role: Role) =>
  (await examination.container(role))?.State.Running ? examination.recentLog(role) : examination.log(role);

async function home(examination: Examination): Promise<Diagnosis[]> {
  const facts = await examination.workspace();
  if (!facts || facts.homeUsed < 99) return [];
  const workspace = examination.options.workspace ?? '';
  return [
    {
      cause: "the workspace's home is full",
      evidence: [`df ~ in ${workspace}: ${facts.homeUsed} % used`],
      fix: [`docker exec ${workspace} sh -c 'du -xh "$HOME" | sort -h | tail -n 15'   # what takes the space`],
      explains: ['workspace-files-missing', 'roo-import-failed'],
    },
  ];
}
