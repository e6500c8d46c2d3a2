import type { z } from 'zod';
import type { GatewayConfiguration } from '../../images/key-provisioner/src/configuration';
import type { Settings } from '../../settings/schema';
import { coderRoute } from '../../workspace/coder-route';
import { KEY_PROVISIONER_ROUTES, LITELLM_ROUTES, type Route } from '../../workspace/door-routes';
import { workspaceEnvironment } from '../../workspace/environment';
import { workspaceImage } from '../../workspace/image';
import { workspaceParameters } from '../../workspace/parameters';
import type { DeployedParameter, Door, workspaceSchema } from '../schema';

/** What every workspace of a deployment is made of. */
export const describeWorkspace = (
  settings: Settings,
  provisioner: GatewayConfiguration,
): z.infer<typeof workspaceSchema> => ({
  image: workspaceImage(settings),
  agents: [...provisioner.agents],
  egress: settings.workspace.egress,
  environment: Object.keys(workspaceEnvironment(settings)).sort(),
  parameters: Object.fromEntries(
    workspaceParameters(settings).map((parameter): [string, DeployedParameter] => [
      parameter.name,
      {
        displayName: parameter.displayName,
        description: parameter.description,
        type: parameter.type,
        ...(parameter.default === undefined ? {} : { default: parameter.default }),
        mutable: parameter.mutable,
        masked: parameter.masked ?? false,
        ...(parameter.options ? { options: parameter.options.map((option) => ({ ...option })) } : {}),
      },
    ]),
  ),
  door: describeDoor(settings),
});

function describeDoor(settings: Settings): Door {
  const route = coderRoute(settings);
  const texts = (routes: readonly Route[]) => routes.map(({ method, path }) => `${method} ${path}`).sort();
  return {
    routes: { litellm: texts(LITELLM_ROUTES), 'key-provisioner': texts(KEY_PROVISIONER_ROUTES) },
    coder:
      route.kind === 'direct'
        ? { kind: 'direct' }
        : {
            kind: route.kind,
            at: route.address.kind,
            ...(route.address.kind === 'host' ? { host: route.address.host } : {}),
            port: route.address.port,
          },
    requestTimeoutSeconds: settings.litellm.request_timeout_s,
  };
}
