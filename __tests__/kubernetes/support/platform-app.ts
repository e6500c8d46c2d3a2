/** Both stacks as `main.ts` makes them on a cluster, with models answered by LiteLLM itself. */
import { App } from 'cdktf';
import { proxyConfigYaml } from '../../../litellm-config/proxy-config';
import { loadSettings } from '../../../settings/load';
import { synthesizeForKubernetes } from '../../../stacks/kubernetes';
import { platformWorkloads } from '../../../workloads/platform';

const settings = loadSettings(process.env.GATEWAY_SETTINGS);
const config = proxyConfigYaml(settings, { mock: ['anthropic'] });
const app = new App({ outdir: process.env.CDKTF_OUTDIR ?? 'cdktf.out' });
void synthesizeForKubernetes(app, settings, platformWorkloads(settings, { litellm: { config } }));
