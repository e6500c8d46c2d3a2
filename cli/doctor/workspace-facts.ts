import { PATHS } from '../../images/key-provisioner/src/agents/paths';
import { keyInfoSchema } from '../../images/key-provisioner/src/contract';
import { WORKSPACE_GATEWAY_URL, WORKSPACE_PROVISIONER_URL } from '../../litellm-config/gateway-json';
import type { KeyFacts } from './key-facts';
import type { Runtime } from './runtime';

/** A workspace seen from inside. */
export interface WorkspaceFacts {
  /** HTTP status of the gateway's readiness; 0 where it cannot be reached. */
  readonly gatewayStatus: number;
  /** curl's exit code: 6 is no such name, 7 refused, 28 no answer. */
  readonly gatewayExitCode: number;
  readonly key?: Omit<KeyFacts, 'source'>;
  /** The mode of the agents' files, by path below the home directory; undefined where one is missing. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** Text of the files that are parsed. */
  readonly content: ReadonlyMap<string, string>;
  /** Agents that the workspace was started with; empty where it does not say. */
  readonly agents: readonly string[];
  readonly homeUsedPercent: number;
  /** How far its clock is ahead of this machine's. @default - it did not say */
  readonly clockAheadSeconds?: number;
}

export const { key: KEY_FILE, rooCode: ROO_FILE, openCode: OPENCODE_FILE } = PATHS;
/** Where VS Code's settings may set the path of Roo's file. */
export const EDITOR_SETTINGS = [
  '.local/share/code-server/User/settings.json',
  '.local/share/code-server/Machine/settings.json',
];

const FILES = [KEY_FILE, ROO_FILE, OPENCODE_FILE, ...EDITOR_SETTINGS];
const READ = [ROO_FILE, OPENCODE_FILE, ...EDITOR_SETTINGS];

/** One script, so that a slow runtime is used once. The key goes from the file to curl and nowhere else. */
const SCRIPT = `
say() { printf '%s %s\\n' "$1" "$2"; }
status=$(curl --silent --output /dev/null --max-time 8 --write-out '%{http_code}' '${WORKSPACE_GATEWAY_URL}/health/readiness'); say gateway_exit $?
say gateway "$status"
say clock "$(date +%s)"
say agents "\${GATEWAY_AGENTS-}"
say home_used "$(df -P "$HOME" 2>/dev/null | awk 'NR==2 { sub("%", "", $5); print $5 }')"
for file in ${FILES.join(' ')}; do say "mode:$file" "$(stat -c %a "$HOME/$file" 2>/dev/null)"; done
for file in ${READ.join(' ')}; do say "content:$file" "$(head -c 65536 "$HOME/$file" 2>/dev/null | base64 | tr -d '\\n')"; done
if [ -r "$HOME/${KEY_FILE}" ]; then
  say key "$(printf 'header = "Authorization: Bearer %s"\\n' "$(cat "$HOME/${KEY_FILE}")" |
    curl --config - --silent --max-time 8 --write-out ' %{http_code}' '${WORKSPACE_PROVISIONER_URL}/api/v1/keys/info' | base64 | tr -d '\\n')"
fi
`;

const SCRIPT_TIMEOUT_MS = 40_000;

/** Looks into a running workspace. */
export async function readWorkspace(runtime: Runtime, workspace: string, now: () => Date): Promise<WorkspaceFacts> {
  const { stdout } = await runtime.exec(workspace, SCRIPT, SCRIPT_TIMEOUT_MS);
  const answeredSeconds = Math.round(now().getTime() / 1000);
  const lines = new Map(
    stdout.split('\n').map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)] as const;
    }),
  );
  const decoded = (name: string) => Buffer.from(lines.get(name) ?? '', 'base64').toString('utf8');
  const key = ownKeyFacts(decoded('key'));
  const clockSeconds = Number(lines.get('clock') ?? 0);
  return {
    gatewayStatus: Number(lines.get('gateway') ?? 0),
    gatewayExitCode: Number(lines.get('gateway_exit') ?? 0),
    ...(clockSeconds > 0 ? { clockAheadSeconds: clockSeconds - answeredSeconds } : {}),
    agents: (lines.get('agents') ?? '')
      .split(',')
      .map((agent) => agent.trim())
      .filter(Boolean),
    homeUsedPercent: Number(lines.get('home_used') || 0),
    files: new Map(FILES.map((file) => [file, lines.get(`mode:${file}`) || undefined])),
    content: new Map(READ.map((file) => [file, decoded(`content:${file}`)])),
    ...(key ? { key } : {}),
  };
}

function ownKeyFacts(answer: string): Omit<KeyFacts, 'source'> | undefined {
  const [, body = '', status] = /^([\s\S]*) (\d{3})$/.exec(answer) ?? [];
  if (status === '401' || status === '404') return { unknown: true, error: `the key-provisioner answers ${status}` };
  if (status !== '200') return undefined;
  try {
    return { info: keyInfoSchema.parse(JSON.parse(body)) };
  } catch {
    return undefined;
  }
}
