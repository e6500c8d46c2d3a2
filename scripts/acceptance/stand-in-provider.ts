/**
 * A scripted model provider (port 4100) in the place of Anthropic, which the acceptance test cannot have. It is a stand-in, and
 * no claim about models rests on it.
 */
import { startScriptedAnthropic } from '../../__tests__/contract/support/scripted-anthropic/scripted-anthropic';

async function main(): Promise<void> {
  await startScriptedAnthropic({ port: 4100, host: '0.0.0.0', retired: /sonnet-4-5-20250929/, strict: /-5-5$/ });
  process.once('SIGTERM', () => process.exit(0));
}

void main();
