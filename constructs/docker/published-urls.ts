import type { Settings } from '../../settings/schema';

/** Where the host offers the platform's services. */
export interface PublishedUrls {
  /** LiteLLM's API and admin pages, through the edge. */
  readonly gateway: string;
  readonly provisioner: string;
  /** `coder.url` of the settings, or the published port. @default - there is no Coder server */
  readonly coder?: string;
}

/** The addresses of a deployment, as its own host reaches them. */
export function publishedUrls({ litellm, key_provisioner, coder }: Settings): PublishedUrls {
  return {
    gateway: url(litellm.bind, litellm.port),
    provisioner: url(key_provisioner.bind, key_provisioner.port),
    ...(coder.server ? { coder: coder.url ?? url(coder.bind, coder.port) } : {}),
  };
}

function url(bind: string, port: number): string {
  const host = bind === '0.0.0.0' || bind === '::' || bind === '127.0.0.1' ? 'localhost' : bind;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
