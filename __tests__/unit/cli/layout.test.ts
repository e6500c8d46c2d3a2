import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CLI = join(__dirname, '..', '..', '..', 'cli');
const files = (readdirSync(CLI, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
const text = (file: string) => readFileSync(join(CLI, file), 'utf8');
/** Without comments. */
const code = (file: string) => text(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

const symptoms = files.filter((file) => /^doctor\/symptoms\/(?!index\.ts)/.test(file));

test('there are symptoms to look at', () => expect(symptoms.length).toBeGreaterThan(15));

test.each(symptoms)('%s imports no other symptom', (file) => {
  expect([...code(file).matchAll(/from '(\.\/[^']*)'/g)].map(([, path]) => path)).toEqual([]);
});

test.each(symptoms)('%s leaves commands to the runtime', (file) => {
  expect(code(file)).not.toMatch(/docker-runtime|\bdocker (start|restart|logs|exec|ps|inspect|stats|system|image)\b/);
});

/** The process itself: its start, and its signals and end. `cli/review/` is not looked at yet. */
const MAY_USE_THE_PROCESS = ['main.ts', 'terminal/shutdown.ts'];
const commands = files.filter((file) => !MAY_USE_THE_PROCESS.includes(file) && !file.startsWith('review/'));

test.each(commands)('%s takes its streams, environment, clock and network from its context', (file) => {
  const globals = /\bprocess\.(?!execPath)\w+|\bconsole\.|\bfetch\(|\bDate\.now\(|\bnew Date\(\)/g;
  // The one place where the system's clock is the default.
  const source = file === 'context.ts' ? code(file).replace('now = () => new Date()', '') : code(file);
  expect(source.match(globals)).toBeNull();
});
