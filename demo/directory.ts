import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../make-directory';
import { Problem } from '../runtime/problem';
import { run } from '../runtime/processes/run';
import { makeSecrets, OWN_SECRETS, type Secrets } from '../runtime/secrets';
import { serverUser } from '../runtime/services/postgres-binaries';
import { MARKER } from './registry';

const stateSchema = z.object({
  secrets: z.record(z.enum(OWN_SECRETS), z.string()),
  /** Of the database's superuser; set once the cluster is complete. */
  databasePassword: z.string().optional(),
});
type State = z.infer<typeof stateSchema>;

/** The one place where a demo keeps its state: database, secrets, configuration, logs. */
export class DemoDirectory {
  private constructor(
    readonly path: string,
    private state: State,
  ) {}

  /**
   * Opens a directory, or makes one below the temporary directory.
   *
   * @throws Problem where it holds something else, or PostgreSQL cannot enter it
   */
  static async open(requested?: string): Promise<DemoDirectory> {
    const path = requested ? resolve(requested) : mkdtempSync(join(tmpdir(), 'gateway-demo-'));
    makeDirectory(path);
    if (!existsSync(join(path, MARKER)) && readdirSync(path).length > 0) {
      throw new Problem(`${path} is not empty and is not a demo's directory; name a new one with --directory`);
    }
    chmodSync(path, 0o755); // PostgreSQL may run as another user; every file that holds a secret is closed by itself
    writeFileSync(join(path, MARKER), '');
    await requireReachable(path);
    return new DemoDirectory(path, readState(join(path, 'state.json')));
  }

  /** Of this demo alone; a directory that was kept has the same ones again. */
  get secrets(): Secrets {
    return this.state.secrets;
  }

  /** Set where the database cluster is complete. */
  get databasePassword(): string | undefined {
    return this.state.databasePassword;
  }

  set databasePassword(password: string) {
    this.state = { ...this.state, databasePassword: password };
    writeFileSync(this.file('state.json'), JSON.stringify(this.state), { mode: 0o600 });
  }

  file(name: string): string {
    return join(this.path, name);
  }
}

function readState(file: string): State {
  if (!existsSync(file)) return { secrets: makeSecrets() };
  const parsed = stateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new Problem(
      `${file} was written by another version of the demo; remove its directory, or name another one with --directory`,
    );
  return parsed.data;
}

async function requireReachable(path: string): Promise<void> {
  const user = await serverUser();
  await run('test', ['-x', path], { ...user, cwd: '/' }).catch(() => {
    throw new Problem(
      `PostgreSQL, which root has to run as nobody, cannot enter ${path}; name a directory that every user can enter with --directory, such as one below /tmp`,
    );
  });
}
