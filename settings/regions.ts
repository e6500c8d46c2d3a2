import { catalog as shippedCatalog } from '../catalog/catalog';
import type { Catalog, Provider } from '../catalog/model';
import type { CrossProblem } from './cross-checks';
import { REGION_FORMS } from './region-forms';
import type { Settings } from './schema';
import { servedModels } from './served-models';

/** Regions that the inference profiles of a prefix are asked in, and one of them. `us.` does not work in `us-gov-…`. */
const PREFIXES: Readonly<Record<string, { readonly regions: RegExp; readonly words: string }>> = {
  us: { regions: /^us-(?!gov-)/, words: 'us-…, such as us-east-1' },
  'us-gov': { regions: /^us-gov-/, words: 'us-gov-…, such as us-gov-west-1' },
  eu: { regions: /^eu-/, words: 'eu-…, such as eu-central-1' },
  apac: { regions: /^ap-/, words: 'ap-…, such as ap-southeast-1' },
  au: { regions: /^ap-southeast-[24]$/, words: 'ap-southeast-2 and ap-southeast-4' },
  jp: { regions: /^ap-northeast-[13]$/, words: 'ap-northeast-1 and ap-northeast-3' },
  ca: { regions: /^ca-/, words: 'ca-…, such as ca-central-1' },
  global: { regions: /^(?!us-gov-|cn-)/, words: 'every region but us-gov-… and cn-…' },
};

/** A region that is missing, or that the ids of the models served there do not work in. */
export function regionProblems(settings: Settings, catalog: Catalog = shippedCatalog): CrossProblem[] {
  const missing = (Object.keys(REGION_FORMS) as Provider[])
    .filter((name) => settings.providers[name].credentials !== 'off' && !settings.providers[name].region)
    .map((name) => ({
      path: `providers.${name}.region`,
      from: [`providers.${name}`],
      message: `is missing; name a region, for example ${REGION_FORMS[name]?.example}`,
    }));
  return [...missing, ...foreignModels(settings, catalog)];
}

/** Bedrock's ids begin with the part of the world whose regions answer them; in any other region every request fails. */
function foreignModels(settings: Settings, catalog: Catalog): CrossProblem[] {
  const { region } = settings.providers.bedrock;
  if (!region) return [];
  const foreign = servedModels(settings, catalog).flatMap(({ name, routes }) =>
    routes.flatMap((route) => {
      if (route.provider !== 'bedrock') return [];
      const place = placeOf(route.model);
      return place && !place.regions.test(region) ? [{ name, id: route.model, words: place.words }] : [];
    }),
  );
  if (foreign.length === 0) return [];
  const ids = [...new Set(foreign.map(({ name, id }) => `${id} (${name})`))].join(', ');
  const fitting = [...new Set(foreign.map(({ words }) => words))].join('; or ');
  return [
    {
      path: 'providers.bedrock.region',
      from: ['providers.bedrock', 'models.enabled', 'models.provider_failover'],
      message: `found "${region}", where these models do not work: ${ids}; their ids work in ${fitting}; name such a region, leave these models out of models.enabled, or give them the ids of "${region}" in catalog/catalog.ts`,
    },
  ];
}

function placeOf(id: string): { readonly regions: RegExp; readonly words: string } | undefined {
  const arn = /^(?:[a-z_]+\/)?arn:aws[a-z-]*:bedrock:([a-z0-9-]+):/.exec(id)?.[1];
  if (arn) return { regions: new RegExp(`^${arn}$`), words: arn };
  // LiteLLM's own prefixes (converse/, invoke/) come before the provider's id.
  const prefix = /(?:^|\/)([a-z-]+)\.[a-z0-9-]+\./.exec(id)?.[1];
  return prefix && Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
}
