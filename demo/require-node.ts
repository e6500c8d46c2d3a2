/** Imported first: on an older Node.js the other files fail with errors that do not say why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { engines } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
  engines: { node: string };
};
const [requiredMajor = 0, requiredMinor = 0] = engines.node.replace('>=', '').split('.').map(Number);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < requiredMajor || (major === requiredMajor && minor < requiredMinor)) {
  process.stderr.write(
    `demo: this needs Node.js ${requiredMajor}.${requiredMinor} or later, and ${process.execPath} is ${process.versions.node}\n`,
  );
  process.exit(1);
}
