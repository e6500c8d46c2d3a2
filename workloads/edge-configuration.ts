import { BODY_SECONDS, type BodyClass, LARGEST_BODY, READ_WHOLE } from './body-limits';
import { localAnswers } from './edge-answers';
import { type Address, cluster, RETRIES, socket } from './edge-clusters';
import { CHUNKED_HEADER, edgeFilter, KEY_CHECK_CLUSTER } from './edge-filter';
import { OVERLOAD_MANAGER } from './edge-overload';
import { uploadsFilter } from './edge-uploads';

export type { Address } from './edge-clusters';

export interface EdgeConfigurationProps {
  /** Where the edge listens. */
  readonly listen: Address;
  /**
   * Port of the edge's own liveness answer (`/alive`), on its loopback only.
   * @default - none
   */
  readonly healthPort?: number;
  /** Where LiteLLM is; a name may stand for several replicas. */
  readonly litellm: readonly Address[];
  /**
   * How many LiteLLM there are.
   * @default - as many as addresses
   */
  readonly replicas?: number;
  /** How long LiteLLM may take over one request, in seconds; the edge waits a minute longer. */
  readonly requestTimeoutSeconds: number;
  /** From the smallest bodies to the largest. */
  readonly classes: readonly BodyClass[];
}

/**
 * `envoy.json` of the edge (Envoy 1.36 and later). It holds no secret, and there is no admin interface: nothing listens but
 * the gateway's port and, on loopback, the liveness answer.
 */
export function edgeConfiguration(props: EdgeConfigurationProps): string {
  const { listen, healthPort, litellm, classes } = props;
  const upstream = { addresses: litellm, replicas: props.replicas ?? litellm.length };
  const configuration = {
    static_resources: {
      listeners: [
        { ...listener('gateway', listen), filter_chains: [chain(gateway(props))] },
        ...(healthPort === undefined
          ? []
          : [{ ...listener('alive', { host: '127.0.0.1', port: healthPort }), filter_chains: [chain(alive())] }]),
      ],
      clusters: [
        ...classes.map(({ name, atOnce, waiting }) => cluster(`litellm-${name}`, upstream, atOnce, waiting)),
        cluster(KEY_CHECK_CLUSTER, upstream, 16, 256),
      ],
    },
    overload_manager: OVERLOAD_MANAGER,
  };
  return `${JSON.stringify(configuration, null, 1)}\n`;
}

const listener = (name: string, { host, port }: Address) => ({
  name,
  address: socket({ host, port }),
  per_connection_buffer_limit_bytes: 65_536,
  enable_reuse_port: false,
});

const chain = (connectionManager: object) => ({
  filters: [
    typed('envoy.filters.network.http_connection_manager', 'network.http_connection_manager.v3.HttpConnectionManager', {
      codec_type: 'HTTP1',
      access_log: [],
      generate_request_id: false,
      server_header_transformation: 'PASS_THROUGH',
      skip_xff_append: true,
      normalize_path: true,
      merge_slashes: false,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
      max_request_headers_kb: 32,
      request_headers_timeout: '10s',
      early_header_mutation_extensions: [CHUNKED],
      ...connectionManager,
    }),
  ],
});

function gateway(props: EdgeConfigurationProps): object {
  const { requestTimeoutSeconds, classes, litellm, replicas = litellm.length } = props;
  return {
    stat_prefix: 'gateway',
    // The longest silence of an agent's turn: one that is not streamed says nothing until it is done.
    stream_idle_timeout: `${requestTimeoutSeconds + 60}s`,
    request_timeout: `${BODY_SECONDS}s`,
    common_http_protocol_options: {
      idle_timeout: '75s',
      max_headers_count: 100,
      // Two spellings of one name would be one name to some and two to others.
      headers_with_underscores_action: 'DROP_HEADER',
    },
    http_filters: [
      lua('edge.requests', edgeFilter(replicas)),
      lua('edge.uploads', uploadsFilter()),
      typed('envoy.filters.http.buffer', 'http.buffer.v3.Buffer', { max_request_bytes: READ_WHOLE }),
      router(),
    ],
    local_reply_config: localAnswers(),
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: routes(classes), ...(replicas > 1 ? { retry_policy: RETRIES } : {}) },
      ],
    },
  };
}

/** Envoy takes `Transfer-Encoding` away before any filter sees it; here it still is, and the filter refuses what has a copy. */
const CHUNKED = {
  name: 'envoy.http.early_header_mutation.header_mutation',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
    mutations: [
      {
        append: {
          header: { key: CHUNKED_HEADER, value: '%REQ(transfer-encoding)%' },
          append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
        },
      },
    ],
  },
};

/** A request goes to the places of the smallest class that its body fits into. Refused ones never get there. */
function routes(classes: readonly BodyClass[]): object[] {
  return [...classes].reverse().map(({ name, upTo }, index, all) => {
    const smaller = all[index + 1];
    const lengths = { start: (smaller?.upTo ?? 0) + 1, end: LARGEST_BODY + 1 };
    return {
      match: { prefix: '/', ...(smaller ? { headers: [{ name: 'content-length', range_match: lengths }] } : {}) },
      route: { cluster: `litellm-${name}`, timeout: '0s' },
      ...(upTo > READ_WHOLE ? { typed_per_filter_config: { 'envoy.filters.http.buffer': NOT_READ_WHOLE } } : {}),
    };
  });
}

const NOT_READ_WHOLE = {
  '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute',
  disabled: true,
};

const alive = (): object => ({
  stat_prefix: 'alive',
  http_filters: [router()],
  route_config: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [{ match: { path: '/alive' }, direct_response: { status: 200, body: { inline_string: 'alive\n' } } }],
      },
    ],
  },
});

const lua = (name: string, script: string) =>
  typed(name, 'http.lua.v3.Lua', { default_source_code: { inline_string: script } });

const router = () => typed('envoy.filters.http.router', 'http.router.v3.Router', { suppress_envoy_headers: true });

const typed = (name: string, type: string, config: object) => ({
  name,
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.filters.${type}`, ...config },
});
