import pc from 'picocolors';
import type { Demo, DemoInfo } from './demo';

/** Which models are real, said before anything is spent on them. */
export function describeProviders({ real }: Demo['providers']): string {
  if (real.length === 0) return 'Models are answered by LiteLLM itself (mock_response), at their real prices.';
  return pc.yellow(
    `Credentials found: models of ${real.join(' and ')} are the real ones and cost real money; --mock switches that off.`,
  );
}

/** Where everything is, and one command to try. */
export function closingWords(info: DemoInfo, key: string, model: string, memory: number): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  const rows: [string, string][] = [
    ['Gateway', info.gatewayUrl],
    ['Admin UI', `${info.gatewayUrl}/ui  (user admin, password: the master key)`],
    ['Key-provisioner', `${info.provisionerUrl}  (API: /openapi.json)`],
    ['Master key', info.masterKey],
    ['Admin token', info.adminToken],
    ['Database', info.databaseUrl],
    ['State and logs', info.directory],
    ['Memory', `${memory} MB, everything together`],
  ];
  return [
    ...rows.map(([name, value]) => `${pc.bold(name.padEnd(16))}${value}`),
    '',
    'Try it:',
    '',
    `curl ${info.gatewayUrl}/v1/chat/completions -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'`,
    '',
    'Claude Code, in the gateway mode that warns before a budget is spent and shows dollars in /usage:',
    '',
    `CLAUDE_CODE_USE_GATEWAY=1 ANTHROPIC_BASE_URL=${info.gatewayUrl} ANTHROPIC_AUTH_TOKEN=${key} ANTHROPIC_MODEL=${model} claude`,
    '',
    pc.dim('Ctrl-C stops everything.'),
  ].join('\n');
}
