import { renderAgentFiles } from '../../agents';
import type { ServedModel } from '../../configuration';
import {
  type ConfigureRequest,
  type ConfigureResponse,
  configureQuerySchema,
  configureRequestSchema,
  configureResponseSchema,
} from '../../contract';
import type { App } from '../../http/app-type';
import { problems } from '../../http/openapi';
import { chooseSmallModel } from '../../models/choose';
import { invalid } from '../../problem';
import type { Services } from '../../services';
import { audited } from '../audited';
import { workspaceIssue } from './key';
import { ownKey } from './own-key';

/** Where agents find their files: the home of the workspace image. */
const HOME = '/home/coder';

/** `POST /api/v1/workspaces/configure` */
export function configureRoute(app: App, services: Services): void {
  app.post(
    '/workspaces/configure',
    {
      config: { action: 'configure' },
      schema: {
        operationId: 'configureWorkspace',
        summary: 'Everything a workspace writes when it starts: its agents’ files and the environment of its shells',
        tags: ['workspace'],
        security: [{ workspace: [] }],
        querystring: configureQuerySchema,
        body: configureRequestSchema,
        response: { 200: configureResponseSchema, ...problems(401, 403, 502, 503) },
      },
    },
    async (request) => {
      const issue = workspaceIssue(request.body);
      const decision = { action: 'configure', actor: `workspace ${issue.id.subject}`, id: issue.id } as const;
      return audited(services, request, decision, () => configure(services, request.body, request.query.listener));
    },
  );
}

async function configure(
  services: Services,
  body: ConfigureRequest,
  listenerPort: number | undefined,
): Promise<ConfigureResponse> {
  const { configuration, keyring } = services;
  const missing = body.agents.find((agent) => !configuration.agents.includes(agent));
  if (missing)
    throw invalid('agents', `"${missing}" is not installed; installed agents are ${list(configuration.agents)}`);
  // Checked before a key is created: a typing error should cost nothing.
  modelNamed(body.model, configuration.models);
  const given = body.api_key ? await ownKey(services, body.api_key) : await keyring.issue(workspaceIssue(body));
  const { key, ...about } = given;
  const allowed = configuration.models.filter(({ name }) => about.models.length === 0 || about.models.includes(name));
  const model = modelNamed(body.model, allowed);
  const smallModel = chooseSmallModel(configuration.small_model, allowed, model);
  const { files, environment } = renderAgentFiles(body.agents, {
    configuration,
    model,
    smallModel,
    models: allowed,
    key,
    home: HOME,
    listenerPort,
  });
  return { files, environment, key: about };
}

function modelNamed(name: string, models: readonly ServedModel[]): ServedModel {
  const model = models.find((candidate) => candidate.name === name);
  if (model) return model;
  throw invalid(
    'model',
    `"${name}" is not available; available models are ${list(models.map((candidate) => candidate.name))}`,
  );
}

const list = (words: readonly string[]) => words.join(', ') || 'none';
