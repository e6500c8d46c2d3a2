import { PATHS } from '../../images/key-provisioner/src/agents/paths';
import { WORKSPACE_GATEWAY_URL, WORKSPACE_PROVISIONER_URL } from '../../litellm-config/gateway-json';
import { type Check, type CheckContext, fail, type Outcome, pass, skip } from './check';

/** Prints the status of an address, `000` where it cannot be reached. */
const status = (url: string) => `curl --silent --output /dev/null --max-time 8 --write-out '%{http_code}' '${url}'\n`;

/** The key goes to curl over standard input: arguments are visible to the whole machine. */
const withKey = (url: string) => `
key="$HOME/.config/litellm/key"
test -r "$key" || { echo missing; exit 0; }
printf 'header = "Authorization: Bearer %s"\\n' "$(cat "$key")" |
  curl --config - --silent --output /dev/null --max-time 8 --write-out '%{http_code}' '${url}'
`;

/** Stands for all of them where no workspace was named. */
export const noWorkspace: Check = {
  title: 'a workspace',
  needs: [],
  run: async () => skip('none was named (--workspace <container>)'),
};

/** From inside a workspace: what it must reach, what it must not, and the files its agents need. */
export const workspaceChecks: readonly Check[] = [
  {
    title: 'the workspace is running',
    needs: [],
    provides: 'workspace',
    run: async ({ runtime, workspace = '' }) => {
      const runtimeError = await runtime.unavailable();
      if (runtimeError) return fail(`${runtime.name} does not answer: ${runtimeError}`);
      const state = await runtime.state(workspace);
      if (!state) return fail(`there is no container "${workspace}"; \`${runtime.commands.list()}\` shows their names`);
      return state.phase === 'running' ? pass(workspace) : fail(`it is ${state.status}; start the workspace in Coder`);
    },
  },
  {
    title: 'the workspace reaches the gateway',
    needs: ['workspace'],
    run: (context) => expectInside(context, status(`${WORKSPACE_GATEWAY_URL}/health/readiness`), '200'),
  },
  {
    title: 'the workspace reaches the key-provisioner',
    needs: ['workspace'],
    // The call without a token must be refused: that also shows what answers.
    run: (context) =>
      expectInside(
        context,
        `curl --silent --output /dev/null --max-time 8 --write-out '%{http_code}' --request POST --header 'content-type: application/json' --data '{}' '${WORKSPACE_PROVISIONER_URL}/api/v1/keys/workspace'\n`,
        '401',
        '422',
        '400',
      ),
  },
  ...['/ui/', '/key/list', '/openapi.json'].map(
    (path): Check => ({
      title: `the workspace does not reach the gateway's ${path}`,
      needs: ['workspace'],
      run: (context) => expectInside(context, status(`${WORKSPACE_GATEWAY_URL}${path}`), '404', '403'),
    }),
  ),
  {
    title: "the workspace's key works",
    needs: ['workspace'],
    run: (context) => expectInside(context, withKey(`${WORKSPACE_GATEWAY_URL}/v1/models`), '200'),
  },
  { title: "the agents' files exist, readable only by their owner", needs: ['workspace'], run: files },
  { title: "the workspace's start logged no error", needs: ['workspace'], run: startLog },
];

async function expectInside(
  { runtime, workspace = '' }: CheckContext,
  script: string,
  ...expected: readonly string[]
): Promise<Outcome> {
  const { code, stdout, stderr } = await runtime.exec(workspace, script);
  const received = stdout.trim();
  if (expected.includes(received)) return pass(received);
  if (code === 127 || /curl: not found/.test(stderr)) return skip('the workspace has no curl');
  if (received === 'missing') return fail(`~/${PATHS.key} is missing: the workspace got no key at its start`);
  if (received === '000' || received === '') return fail('no answer');
  return fail(`expected ${expected.join(' or ')}, got ${received}`);
}

const ROO = [PATHS.rooCode];
const OPENCODE = [PATHS.openCode];
const CLINE = [PATHS.clineProviders, PATHS.clineSettings];
const KILO = [PATHS.kilo];
/** The files of an agent, by the choices that a workspace may be started with. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'roo-code': ROO,
  'zoo-code': ROO,
  opencode: OPENCODE,
  cline: CLINE,
  'kilo-code': KILO,
  both: [...ROO, ...OPENCODE],
};

async function files({ runtime, workspace = '', settings }: CheckContext): Promise<Outcome> {
  const known = [PATHS.key, ...ROO, ...OPENCODE, ...CLINE, ...KILO];
  const look = known.map((file) => `echo "${file} $(stat -c %a "$HOME/${file}" 2>/dev/null || echo missing)"`);
  const { stdout } = await runtime.exec(workspace, ['echo "$GATEWAY_AGENTS"', ...look, ''].join('\n'));
  const [chosen = '', ...lines] = stdout.trimEnd().split('\n');
  const modes = new Map(lines.map((line) => line.split(' ') as [file: string, mode: string]));
  const agents = chosen.split(/[, ]+/).filter(Boolean);
  if (agents.includes('none')) return skip('the workspace was started without agents');
  // A workspace that does not say what it was started with has all that are installed.
  const wanted = [
    PATHS.key,
    ...(agents.length > 0 ? agents : settings.workspace.agents).flatMap((agent) => FILES[agent] ?? []),
  ];
  const wrong = wanted.filter((file) => modes.get(file) !== '600');
  if (wrong.length === 0) return pass(`${wanted.length} files`);
  return fail(wrong.map((file) => `~/${file}: ${modes.get(file) ?? 'unknown'}`).join('; '));
}

async function startLog({ runtime, workspace = '' }: CheckContext): Promise<Outcome> {
  const { stdout } = await runtime.exec(
    workspace,
    'tail -n 50 "$HOME/.local/state/ai-gateway/start.log" 2>/dev/null\n',
  );
  if (!stdout.trim()) return skip('there is no ~/.local/state/ai-gateway/start.log');
  const errors = stdout.split('\n').filter((line) => /\b(error|failed|refused)\b/i.test(line));
  return errors.length === 0 ? pass() : fail(errors.at(-1) ?? '');
}
