import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { run } from './run';

/** Who listens on a port: no process, the one in question, another one, or it cannot be told. */
export type PortHolder = 'none' | 'this' | 'another' | 'unknown';

/** Who listens on a port that a process is about to use on 127.0.0.1. */
export async function portHolder(port: number, pid: number): Promise<PortHolder> {
  return process.platform === 'linux' ? fromProc(port, pid) : fromLsof(port, pid);
}

const LISTENING = '0A';
/** 127.0.0.1, 0.0.0.0, `::ffff:127.0.0.1` and `::`, as the kernel writes them: a listener on any of them has 127.0.0.1's port. */
const ADDRESSES = /^(0100007F|00000000|0000000000000000FFFF00000100007F|0{32})$/;

function fromProc(port: number, pid: number): PortHolder {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningSockets(file, port));
  if (sockets.length === 0) return 'none';
  try {
    const files = readdirSync(`/proc/${pid}/fd`).map((file) => linkOf(`/proc/${pid}/fd/${file}`));
    return sockets.some((inode) => files.includes(`socket:[${inode}]`)) ? 'this' : 'another';
  } catch {
    return 'unknown'; // another user's process, such as PostgreSQL's where root started it without CAP_SYS_PTRACE
  }
}

/** Inode numbers of the sockets that listen on the port. */
function listeningSockets(file: string, port: number): string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  return readText(file)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => {
      const [address = '', portText] = local.split(':');
      return state === LISTENING && portText === hexadecimal && ADDRESSES.test(address);
    })
    .map((fields) => fields[9] ?? '');
}

async function fromLsof(port: number, pid: number): Promise<PortHolder> {
  // Without a listener, lsof fails and says nothing. It shows the processes of this user alone.
  const output = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp']).catch(() => undefined);
  if (output === undefined) return 'none';
  return output.split('\n').includes(`p${pid}`) ? 'this' : 'another';
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a machine without IPv6 has no tcp6
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''; // closed in the meantime
    throw error;
  }
}
