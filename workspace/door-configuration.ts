import { PORTS } from '../settings/ports';
import { bodyRules, IS_LARGE, largeBodies, surfaceRules } from './door-limits';
import { KEY_PROVISIONER_ROUTES, LITELLM_ROUTES, type Route } from './door-routes';

/** An address the door forwards to. */
export interface Upstream {
  /** Host name or address; names are looked up in the DNS again and again, so an upstream may come later. */
  readonly host: string;
  readonly port: number;
  /**
   * The port the door listens on.
   * @default - the upstream's port
   */
  readonly listenPort?: number;
  /**
   * Where the name is looked up: in the DNS, or in the container's hosts file.
   * @default 'dns'
   */
  readonly lookup?: 'dns' | 'hosts-file';
}

export interface DoorConfigurationProps {
  readonly litellm: Upstream;
  readonly keyProvisioner: Upstream;
  /**
   * Coder, passed on as plain TCP.
   * @default - workspaces reach Coder without the door
   */
  readonly coder?: Upstream;
  /** How long LiteLLM may take over one request, in seconds; the door waits a minute longer. */
  readonly requestTimeoutSeconds: number;
  /**
   * Requests under way at once, per service; more wait up to ten seconds.
   * @default 64
   */
  readonly concurrency?: number;
  /** Connections at once. @default 1024 */
  readonly connections?: number;
  /** Large bodies under way at once. @default 8 */
  readonly largeAtOnce?: number;
  /** DNS server that knows the upstreams, `address:port`; `resolv.conf`: the one that the container is told. */
  readonly nameserver: string;
  /**
   * Port of the door's own liveness answer (`/alive`), on its loopback only.
   * @default {@link PORTS.doorHealth}
   */
  readonly healthPort?: number;
}

/**
 * The `haproxy.cfg` of a workspace's door (HAProxy 2.6 and later).
 *
 * Paths are compared with the list as they arrive and must match whole: nothing is decoded or tidied up before, so
 * `/v1/../ui`, `/v1/%2e%2e/ui` and `//ui` are simply not on the list. The upstream serves one request per
 * connection, which leaves nothing for a smuggled second one to ride on. What LiteLLM's routes are for passes with known
 * headers and query parameters only ({@link surfaceRules}), and with bodies that are not too large ({@link bodyRules}).
 */
export function doorConfiguration(props: DoorConfigurationProps): string {
  const wait = `${props.requestTimeoutSeconds + 60}s`;
  const concurrency = props.concurrency ?? 64;
  const blocks = [
    `# The door of one workspace, written by the workspace template.
global
  maxconn ${props.connections ?? 1024}
  nbthread 1
  log stdout format raw daemon notice

defaults
  mode http
  log global
  timeout connect 2s
  timeout queue 10s
  timeout http-request 30s
  timeout http-keep-alive 60s
  # The longest silence of an agent's turn: one that is not streamed says nothing until it is done.
  timeout client ${wait}
  timeout server ${wait}
  retries 2
  option http-server-close
  option disable-h2-upgrade
  ${errorResponses().join('\n  ')}

resolvers dns
  ${props.nameserver === 'resolv.conf' ? 'parse-resolv-conf' : `nameserver dns ${props.nameserver}`}
  resolve_retries 3
  timeout resolve 1s
  timeout retry 1s
  hold valid 5s
  hold nx 2s
  hold timeout 30s
  hold refused 2s
  hold other 2s

frontend alive
  bind 127.0.0.1:${props.healthPort ?? PORTS.doorHealth}
  http-request set-log-level silent
  monitor-uri /alive`,
    service('litellm', props.litellm, LITELLM_ROUTES, concurrency, {
      rules: [...agentErrorResponses(), ...bodyRules(), ...surfaceRules()],
      backends: [`use_backend litellm-large if ${IS_LARGE}`],
    }),
    largeBodies('litellm-large', server('litellm', props.litellm), props.largeAtOnce),
    service('key-provisioner', props.keyProvisioner, KEY_PROVISIONER_ROUTES, concurrency),
    ...(props.coder ? [tcpProxy('coder', props.coder)] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const NOTHING_MORE = { rules: [], backends: [] };
const lines = (rules: readonly string[]) => rules.map((rule) => `  ${rule}\n`).join('');

function service(
  name: string,
  upstream: Upstream,
  routes: readonly Route[],
  concurrency: number,
  { rules, backends }: { readonly rules: readonly string[]; readonly backends: readonly string[] } = NOTHING_MORE,
): string {
  const methods = [...new Set(routes.map((route) => route.method))];
  const lists = methods.map((method) => {
    const paths = routes.filter((route) => route.method === method).map((route) => `'${pattern(route.path)}'`);
    return `  acl ${method} method ${method}\n  acl ${method}-path path -m reg ${paths.join(' ')}`;
  });
  const allowed = methods.map((method) => `${method} ${method}-path`).join(' or ');
  return `listen ${name}
  bind :${upstream.listenPort ?? upstream.port}
${lists.join('\n')}
  http-request deny deny_status 404 unless ${allowed}
  # A target in a proxy's form ("GET http://...") has such a path too, and would reach the service as it is.
  http-request deny deny_status 404 unless { url_beg / }
  http-request deny deny_status 404 if { req.hdr(upgrade) -m found }
  http-request set-log-level silent
${lines(rules)}  http-request set-header Host ${upstream.host}:${upstream.port}
  http-request del-header Forwarded
  http-request del-header X-Forwarded- -m beg
  http-request del-header X-Real-IP
${lines(backends)}  ${server(name, upstream)} maxconn ${concurrency}`;
}

/** Coder speaks HTTP, websockets, DERP and TLS; none of it is the door's to read. */
function tcpProxy(name: string, upstream: Upstream): string {
  return `listen ${name}
  mode tcp
  bind :${upstream.listenPort ?? upstream.port}
  no option http-server-close
  no option disable-h2-upgrade
  option dontlog-normal
  option clitcpka
  option srvtcpka
  timeout client 24h
  timeout server 24h
  ${server(name, upstream)}`;
}

function server(name: string, { host, port, lookup = 'dns' }: Upstream): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host))
    throw new Error(`the door cannot forward to "${host}": a host name or an IPv4 address is needed`);
  const found = lookup === 'hosts-file' ? 'init-addr libc,none' : 'resolvers dns resolve-prefer ipv4 init-addr none';
  return `server ${name} ${host}:${port} ${found}`;
}

function pattern(path: string): string {
  const segments = path.split('/').map((segment) => {
    if (/^\{\w+\}$/.test(segment)) return '[A-Za-z0-9_-][A-Za-z0-9._-]*';
    if (/^[a-z0-9_-]*$/.test(segment)) return segment;
    throw new Error(`the route "${path}" has the segment "${segment}"; lower-case words and {names} are possible`);
  });
  return `^${segments.join('/')}$`;
}

/**
 * What the door itself says to agents: one body that clients of Anthropic's API and of OpenAI's both read as an error of theirs,
 * with the fields of a problem document for everybody else.
 */
function agentErrorResponses(): string[] {
  return ERROR_RESPONSES.map(({ status, title, detail, retryAfter }) => {
    const kind = status === 404 ? 'not_found_error' : 'api_error';
    const error = { type: kind, message: detail, param: null, code: String(status) };
    const body = JSON.stringify({ type: 'error', error, title, status, detail });
    const retry = retryAfter === undefined ? '' : ` hdr Retry-After ${retryAfter}`;
    return `http-error status ${status} content-type application/json string '${body}'${retry}`;
  });
}

interface ErrorResponse {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const ERROR_RESPONSES: readonly ErrorResponse[] = [
  { status: 404, title: 'Not Found', detail: 'this address does not exist for workspaces' },
  ...[502, 503, 504].map((status) => ({
    status,
    title: 'Gateway Unavailable',
    detail: 'the gateway does not answer; it may be starting, try again in a few seconds',
    retryAfter: 5,
  })),
];

/** What the door itself says, as problem documents (RFC 9457) like the key-provisioner's. */
function errorResponses(): string[] {
  return ERROR_RESPONSES.map(({ status, title, detail, retryAfter }) => {
    const body = JSON.stringify({ type: 'about:blank', title, status, detail });
    const retry = retryAfter === undefined ? '' : ` hdr Retry-After ${retryAfter}`;
    return `http-error status ${status} content-type application/problem+json string '${body}'${retry}`;
  });
}
