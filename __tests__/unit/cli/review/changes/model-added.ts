import { NOT_OFFERED } from '../../../../../catalog/model';
import type { Change } from '../variant';

export const change: Change = {
  what: 'a model is added to the catalog',
  catalog: (models) => {
    models.push({
      name: 'claude-nova-6',
      title: 'Claude Nova 6',
      use: 'balanced',
      lifecycle: { state: 'active' },
      deployments: [
        {
          provider: 'anthropic',
          model: 'claude-nova-6',
          prices: { input: 1.25, output: 10, cacheWrite: 1.5, cacheWrite1h: 2.5, cacheRead: 0.125 },
          rates: { webSearch: 10, fastMode: NOT_OFFERED, usInference: NOT_OFFERED, batch: 0.5 },
          priceSource: { url: 'https://example.com/prices', read: '2026-11-26' },
          limits: { context: 400_000, output: 128_000 },
          abilities: { tools: true, vision: true, promptCaching: true, reasoning: true },
        },
      ],
    });
  },
};
