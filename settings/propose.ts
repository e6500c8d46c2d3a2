import type { Provider } from '../catalog/model';

/**
 * The text of a `gateway.yaml` that works with the credentials at hand; Anthropic where there are none yet.
 *
 * @param byRole - those of the providers found whose credentials come from the machine's role, not from a variable
 */
export function proposeSettings(found: readonly Provider[], byRole: readonly Provider[] = []): string {
  const providers = found.length > 0 ? found : (['anthropic'] as const);
  const bedrockOnly = providers.includes('bedrock') && !providers.includes('anthropic');
  const lines = [
    '# yaml-language-server: $schema=./gateway.schema.json',
    '# Settings of this AI gateway. Everything left out has a default (see gateway.schema.json).',
    '',
    'providers:',
    ...providers.flatMap((provider) => [
      `  ${provider}:`,
      `    credentials: ${byRole.includes(provider) ? 'instance-role' : 'variable'}`,
      ...(provider === 'bedrock' ? ['    region: us-east-1'] : []),
      ...(provider === 'vertex_ai' ? ['    region: us-east5'] : []),
    ]),
    ...(bedrockOnly
      ? [
          '',
          'models:',
          '  default: bedrock-claude-sonnet',
          '  small: bedrock-claude-haiku',
          '',
          'policies:',
          '  ci: { models: [bedrock-claude-haiku] }',
          '  agent:review: { models: [bedrock-claude-sonnet, bedrock-claude-haiku] }',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
