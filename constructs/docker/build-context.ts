import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../package-root';

const IMAGES = path.join(PACKAGE_ROOT, 'images');
/** Of no use inside an image, or made by building one. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage', '.git']);

/**
 * A folder of `images/` that an image is built from.
 *
 * @example
 * const context = new BuildContext('key-provisioner');
 * context.stage(app.outdir); // cdktf.out/images/key-provisioner
 * context.fromStack; // '../../images/key-provisioner'
 */
export class BuildContext {
  /** Changes whenever a file's name, content or executable bit does. */
  readonly digest: string;

  /** @throws Error where the folder has no Dockerfile */
  constructor(readonly folder: string) {
    const dockerfile = path.join(this.source, 'Dockerfile');
    if (!existsSync(dockerfile)) {
      throw new Error(
        `images/${folder} has no Dockerfile; restore it, or name a ready image in gateway.yaml (images.${folder.replaceAll('-', '_')})`,
      );
    }
    this.digest = digest(this.source);
  }

  /** The context as seen from a stack's directory: `cdktf.out/stacks/<id>`. */
  get fromStack(): string {
    return `../../images/${this.folder}`;
  }

  /** Copies the context into the output directory, so that no path of this machine is in what is synthesized. */
  stage(outdir: string): void {
    const target = path.join(outdir, 'images', this.folder);
    if (existsSync(target) && digest(target) === this.digest) return;
    rmSync(target, { recursive: true, force: true });
    cpSync(this.source, target, { recursive: true, filter: (file) => !LEFT_OUT.has(path.basename(file)) });
  }

  private get source(): string {
    return path.join(IMAGES, this.folder);
  }
}

function digest(directory: string): string {
  const hash = createHash('sha256');
  for (const file of filesOf(directory)) {
    const executable = (statSync(path.join(directory, file)).mode & 0o100) !== 0;
    const content = readFileSync(path.join(directory, file));
    hash.update(`${file}\0${executable}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

function filesOf(directory: string, prefix = ''): string[] {
  return readdirSync(path.join(directory, prefix), { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.has(entry.name))
    .flatMap((entry) => {
      const name = path.posix.join(prefix, entry.name);
      return entry.isDirectory() ? filesOf(directory, name) : [name];
    })
    .sort();
}
