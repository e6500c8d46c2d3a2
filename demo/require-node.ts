/** Imported first: on an older Node.js the other files fail in ways that tell nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { engines } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
  engines: { node: string };
};
const [wantedMajor = 0, wantedMinor = 0] = engines.node.replace('>=', '').split('.').map(Number);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  process.stderr.write(
    `demo: this needs Node.js ${wantedMajor}.${wantedMinor} or later, and ${process.execPath} is ${process.versions.node}\n`,
  );
  process.exit(1);
}
