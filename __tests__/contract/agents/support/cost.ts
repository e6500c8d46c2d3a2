import { catalog } from '../../../../catalog/catalog';
import type { Recorded } from '../../support/scripted-anthropic/scripted-anthropic';

/** USD that the provider would charge for these requests, by the catalog's prices and the script's fixed usage. */
export function costOf(requests: readonly Recorded[]): number {
  return requests.reduce((sum, { body, answer }) => {
    if (!answer.startsWith('200')) return sum;
    const deployment = catalog.flatMap((model) => [...model.deployments]).find(({ model }) => model === body.model);
    if (!deployment) throw new Error(`the catalog has no price for ${body.model}`);
    const cached = JSON.stringify(body).includes('"cache_control"') ? 2000 : 0;
    const { input, output, cacheWrite, cacheRead } = deployment.prices;
    const tokens = 100 * input + 20 * output + cached * (carriesToolResult(body) ? cacheRead : cacheWrite);
    return sum + tokens / 1e6;
  }, 0);
}

function carriesToolResult(body: Recorded['body']): boolean {
  const last = body.messages?.filter((message) => message.role === 'user').at(-1)?.content;
  return Array.isArray(last) && last.some((block) => block.type === 'tool_result');
}
