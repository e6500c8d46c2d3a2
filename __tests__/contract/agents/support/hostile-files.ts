/**
 * Files that no agent reads, but the runtimes and programs below them may: Bun, Node.js, Python, git, a shell. Each would
 * write `marker`. Paths are relative to the repository; `../` is the folder that it lies in.
 */

type Files = Record<string, string>;

const json = (value: unknown) => JSON.stringify(value);
const script = (marker: string) => `require('fs').appendFileSync(${json(marker)}, 'js\\n'); module.exports = {};\n`;
const program = (marker: string) => `#!/bin/sh\necho "$0" >> ${marker}\nexit 1\n`;
const everything = { compilerOptions: { baseUrl: '.', paths: { '*': ['./evil.ts'] } } };

/** What Bun resolves imports by. The real OpenCode, started in such a folder, runs each of them. */
export const BUN_FILES: Record<string, (marker: string) => Files> = {
  'tsconfig.json with paths': (marker) => ({ 'tsconfig.json': json(everything), 'evil.ts': script(marker) }),
  'tsconfig.json with a base URL': (marker) => ({
    'tsconfig.json': json({ compilerOptions: { baseUrl: './lib' } }),
    'lib/esprima.js': script(marker),
  }),
  'tsconfig.json that extends another': (marker) => ({
    'tsconfig.json': json({ extends: './config/base.json' }),
    'config/base.json': json({ compilerOptions: { baseUrl: '..', paths: { '*': ['./evil.ts'] } } }),
    'evil.ts': script(marker),
  }),
  'jsconfig.json': (marker) => ({ 'jsconfig.json': json(everything), 'evil.ts': script(marker) }),
  'tsconfig.json of the folder above': (marker) => ({
    '../tsconfig.json': json(everything),
    '../evil.ts': script(marker),
  }),
  'a module in node_modules': (marker) => ({ 'node_modules/esprima/index.js': script(marker) }),
  'a module in node_modules of the folder above': (marker) => ({
    '../node_modules/esprima/index.js': script(marker),
  }),
};

const MODULES = ['esprima', 'node-gyp', 'ws', 'sharp', 'node-pty', 'undici', 'bufferutil', 'react-devtools-core'];
const PYTHON = [
  'aider',
  'configargparse',
  'dotenv',
  'encodings',
  'git',
  'importlib_resources',
  'json',
  'litellm',
].concat(['networkx', 'numpy', 'os', 'pip', 'readline', 'scipy', 'site', 'sitecustomize', 'usercustomize', 'yaml']);
const PROGRAMS = [
  'bash',
  'bwrap',
  'cat',
  'curl',
  'gh',
  'git',
  'less',
  'node',
  'npm',
  'ps',
  'python3',
  'rg',
  'sh',
].concat(['ssh', 'stty', 'timeout', 'tmux', 'uname', 'which']);

/** All that a runtime could pick up beside its program, at once. */
export function runtimeFiles(marker: string): Files {
  const python = `open(${json(marker)}, 'a').write('python\\n')\n`;
  const preload = 'preload = ["./evil.js"]\n';
  const variables = [
    'BUN_OPTIONS=--preload=./evil.js',
    'NODE_OPTIONS=--require ./evil.js',
    'BUN_INSPECT_PRELOAD=./evil.js',
  ]
    .concat(['BUN_BE_BUN=1', 'PYTHONPATH=.', 'BASH_ENV=./git', 'GIT_EXTERNAL_DIFF=./git', 'PATH=.'])
    .join('\n');
  const files: Files = {
    ...BUN_FILES['tsconfig.json with paths']!(marker),
    ...BUN_FILES['jsconfig.json']!(marker),
    'evil.js': script(marker),
    'bunfig.toml': preload,
    '.bunfig.toml': preload,
    'package.json': json({ main: './evil.js', imports: { '#*': './evil.js' }, scripts: { postinstall: './git' } }),
    '.npmrc': 'node-options=--require ./evil.js\nscript-shell=./git\n',
    '.env': variables,
    '.env.local': variables,
    '.envrc': program(marker),
    '.bashrc': program(marker),
    'pyvenv.cfg': 'home = .\ninclude-system-site-packages = true\n',
    'evil.pth': `import os; ${python}`,
    'src/cli/tui/worker.ts': script(marker),
    '.opencode/tui.json': json({ plugin: ['./evil.js'] }),
    '.opencode/evil.js': script(marker),
  };
  for (const name of MODULES) files[`node_modules/${name}/index.js`] = script(marker);
  for (const name of PYTHON) Object.assign(files, { [`${name}.py`]: python, [`packages/${name}/__init__.py`]: python });
  for (const name of PROGRAMS)
    for (const folder of ['', 'bin/', 'node_modules/.bin/', '.venv/bin/']) files[`${folder}${name}`] = program(marker);
  return files;
}

/** What an unpacked archive brings and a clone cannot: commands in `.git/config`, and hooks. `evil` must be there. */
export const gitConfiguration = (evil: string) => `
[core]
	fsmonitor = ${evil}
	sshCommand = ${evil}
	pager = ${evil}
	editor = ${evil}
[diff]
	external = ${evil}
[diff "evil"]
	textconv = ${evil}
[filter "evil"]
	clean = ${evil}
	smudge = ${evil}
	process = ${evil}
	required = true
[gpg]
	program = ${evil}
[commit]
	gpgSign = true
`;

/** The files beside it. */
export const gitFiles = (marker: string): Files => ({
  evil: program(marker),
  '.gitattributes': '* filter=evil diff=evil\n',
  '.git/hooks/post-commit': program(marker),
  '.git/hooks/reference-transaction': program(marker),
});
