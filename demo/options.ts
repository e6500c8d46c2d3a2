import { parseArgs } from 'node:util';
import { Problem } from '../runtime/problem';

export const USAGE = `Usage: npm run demo -- [options]

The whole platform as local processes: PostgreSQL, LiteLLM, its edge and the key-provisioner, from package registries alone.
Models are answered by LiteLLM itself; with a provider's credentials in the environment, by that provider.

  --detach                   return when everything is ready; npm run demo:stop stops it
  --json                     print one JSON object instead of the walk-through
  --settings FILE            the deployment's settings (gateway.yaml)
  --mock                     never call a real provider, whatever credentials the environment holds
  --gateway-port PORT        the gateway's port (default: its port in the settings, or a free one)
  --provisioner-port PORT    the key-provisioner's port (default: likewise)
  --directory DIRECTORY      where state and logs go (default: a new one below the temporary directory)
  --keep                     keep the directory when the demo stops; start again with its --directory to continue
  --coder-url URL            confirm workspaces with this Coder …
  --coder-token TOKEN        … with this token (or CODER_TOKEN in the environment)
  --help                     this text

Environment: GATEWAY_PYTHON names the Python interpreter, GATEWAY_CACHE_DIR the directory for what is installed.
`;

export interface DemoOptions {
  readonly detach: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly mock: boolean;
  readonly keep: boolean;
  readonly settings?: string | undefined;
  readonly gatewayPort?: number | undefined;
  readonly provisionerPort?: number | undefined;
  readonly directory?: string | undefined;
  readonly coder?: { readonly url: string; readonly token: string } | undefined;
}

/** @throws Problem where an option is unknown or its value is not valid */
export function readOptions(args: string[], env: NodeJS.ProcessEnv = process.env): DemoOptions {
  const values = parse(args);
  const url = values['coder-url'];
  const token = values['coder-token'] ?? env.CODER_TOKEN;
  if (url !== undefined && !/^https?:\/\/./.test(url)) {
    throw new Problem(`--coder-url is "${url}"; it must begin with http:// or https://`);
  }
  if (url !== undefined && !token)
    throw new Problem('--coder-url needs --coder-token, or CODER_TOKEN in the environment');
  if (url === undefined && values['coder-token'] !== undefined) throw new Problem('--coder-token needs --coder-url');
  return {
    detach: values.detach ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
    mock: values.mock ?? false,
    keep: values.keep ?? false,
    settings: values.settings,
    gatewayPort: port('--gateway-port', values['gateway-port']),
    provisionerPort: port('--provisioner-port', values['provisioner-port']),
    directory: values.directory,
    coder: url !== undefined && token ? { url, token } : undefined,
  };
}

function parse(args: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        detach: flag,
        json: flag,
        help: { ...flag, short: 'h' },
        mock: flag,
        keep: flag,
        settings: text,
        'gateway-port': text,
        'provisioner-port': text,
        directory: text,
        'coder-url': text,
        'coder-token': text,
      },
    }).values;
  } catch (error) {
    const [first = ''] = (error as Error).message.split('. ');
    throw new Problem(`${first.charAt(0).toLowerCase()}${first.slice(1).replace(/\.$/, '')}; --help lists the options`);
  }
}

function port(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new Problem(`${flag} is "${value}"; a port is a whole number from 1 to 65535`);
}
