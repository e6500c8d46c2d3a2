import type { Change } from '../variant';

export const change: Change = {
  what: 'one model costs more, another less, and long prompts of a third a hundred times as much',
  catalog: (models) => {
    const first = (name: string) => models.find((model) => model.name === name)?.deployments[0];
    Object.assign(first('claude-haiku-4-5')?.prices ?? {}, { input: 1.2, output: 6 });
    Object.assign(first('claude-opus-5-5')?.prices ?? {}, { cacheRead: 0.15 });
    Object.assign(first('claude-haiku-5-5')?.priceBands?.[0] ?? {}, { output: 250 });
  },
};
