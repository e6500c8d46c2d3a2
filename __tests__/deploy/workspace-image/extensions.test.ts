import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, type Outcome, REPOSITORY, succeed } from '../support/commands';
import { workspaceImage } from '../workspace/machine';

/**
 * How the image gets its editor extensions, with the real code-server. The extension is a stand-in of a few lines under
 * Roo Code's name, and so is Open VSX: a folder of files on the container's loopback.
 */

const VERSION: string = JSON.parse(readFileSync(join(REPOSITORY, 'images/contractor-workspace/versions.json'), 'utf8'))[
  'roo-code'
].version;
const FILE = `RooVeterinaryInc.roo-cline-${VERSION}.vsix`;
const SHELF = `api/RooVeterinaryInc/roo-cline/${VERSION}/file`;
const directory = mkdtempSync(join(tmpdir(), 'gateway-extensions-'));
const vsix = join(directory, FILE);
let image: string;
let checksum: string;

beforeAll(() => {
  image = workspaceImage();
  const source = join(directory, 'source');
  mkdirSync(join(source, 'extension'), { recursive: true });
  const manifest = {
    name: 'roo-cline',
    publisher: 'RooVeterinaryInc',
    version: VERSION,
    engines: { vscode: '^1.84.0' },
  };
  writeFileSync(join(source, 'extension/package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(source, 'extension.vsixmanifest'),
    `<?xml version="1.0"?><PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011"><Metadata>
     <Identity Id="roo-cline" Publisher="RooVeterinaryInc" Version="${VERSION}" Language="en-US"/></Metadata></PackageManifest>`,
  );
  succeed('docker', [
    ...['run', '--rm', '--user', 'root', '--volume', `${directory}:/made`, '--workdir', '/made/source', image],
    ...['zip', '--quiet', '--recurse-paths', `/made/${FILE}`, '.'],
  ]);
  checksum = createHash('sha256').update(readFileSync(vsix)).digest('hex');
}, 2_400_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Sources {
  /** Lines of checksums.sha256, and whether the file is beside them. */
  readonly vendored?: { readonly checksums: string; readonly file: boolean };
  /** What Open VSX says the checksum is; without it Open VSX does not answer. */
  readonly published?: string;
}

/** Runs the image's own installation of Roo Code, then lists what is installed and what is noted as missing. */
function install({ vendored, published }: Sources): Outcome {
  const context = mkdtempSync(join(directory, 'context-'));
  const shelf = join(context, 'registry', SHELF);
  mkdirSync(shelf, { recursive: true });
  mkdirSync(join(context, 'extensions'));
  writeFileSync(join(context, 'extensions/checksums.sha256'), vendored?.checksums ?? '');
  if (vendored?.file) cpSync(vsix, join(context, 'extensions', FILE));
  if (published) {
    cpSync(vsix, join(shelf, FILE));
    writeFileSync(join(shelf, FILE.replace(/vsix$/, 'sha256')), published);
  }
  const sources = join(REPOSITORY, 'images/contractor-workspace');
  cpSync(join(sources, 'build/install-extensions'), join(context, 'install-extensions'));
  cpSync(join(sources, 'versions.json'), join(context, 'versions.json'));
  const script = `rm -f /opt/code-server/extensions/MISSING; cp -r /context/extensions /context/versions.json /tmp/
    (cd /context/registry && exec python3 -m http.server --bind 127.0.0.1 4873 >/dev/null 2>&1) &
    until curl --silent --output /dev/null http://127.0.0.1:4873/; do sleep 0.1; done
    /context/install-extensions roo-code; code=$?
    echo "installed: $(su coder -c 'code-server --extensions-dir /opt/code-server/extensions --list-extensions' | tr '\\n' ' ')"
    echo "missing: $(cat /opt/code-server/extensions/MISSING 2>/dev/null)"
    exit $code`;
  return command('docker', [
    ...['run', '--rm', '--user', 'root', '--volume', `${context}:/context:ro`, '--entrypoint', 'bash'],
    ...['--env', 'OPEN_VSX_URL=http://127.0.0.1:4873', image, '-c', script],
  ]);
}

test('a download whose checksum Open VSX confirms is installed', () => {
  expect(install({ published: checksum })).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/installed: .*rooveterinaryinc\.roo-cline[\s\S]*missing: $/im),
  });
});

test('a download that is not what Open VSX publishes ends the build', () => {
  const { status, stdout, stderr } = install({ published: '0'.repeat(64) });
  expect(status).not.toBe(0);
  expect(stderr).toContain('does not match the checksum that Open VSX publishes');
  expect(stdout).not.toMatch(/roo-cline/i);
});

test('a download that is not what this repository vouches for ends the build, whatever Open VSX says', () => {
  const { status, stdout } = install({
    published: checksum,
    vendored: { checksums: `${'0'.repeat(64)}  ${FILE}\n`, file: false },
  });
  expect(status).not.toBe(0);
  expect(stdout).not.toMatch(/installed: .*roo-cline/i);
});

test('a file beside the Dockerfile is installed without Open VSX', () => {
  expect(install({ vendored: { checksums: `${checksum}  ${FILE}\n`, file: true } })).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/installed: .*rooveterinaryinc\.roo-cline/i),
  });
});

test('a file beside the Dockerfile that nobody vouches for ends the build', () => {
  const { status, stderr } = install({ vendored: { checksums: '', file: true } });
  expect(status).not.toBe(0);
  expect(stderr).toContain(`checksums.sha256 has no line for ${FILE}`);
});

test('where neither is to be had the build goes on, and says what the image goes without', () => {
  const { status, stdout, stderr } = install({});
  expect(status).toBe(0);
  expect(stderr).toContain(`WITHOUT RooVeterinaryInc.roo-cline ${VERSION}`);
  expect(stdout).toContain(`missing: RooVeterinaryInc.roo-cline ${VERSION}`);
});
