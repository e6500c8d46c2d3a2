/** Where a socket is. */
export interface Address {
  /** Host name or address. */
  readonly host: string;
  readonly port: number;
}

/** LiteLLM, as one or several. */
export interface Upstream {
  /** A name may stand for several replicas. */
  readonly addresses: readonly Address[];
  readonly replicas: number;
}

/** LiteLLM's own statement that it takes requests; 503 while it starts, and once it has been told to end. */
const READINESS = '/health/readiness';

/**
 * What is tried again, at another LiteLLM: a request of which nothing was sent, since nobody took the connection. Whatever LiteLLM
 * may have read, it may have asked the provider, who bills it.
 */
export const RETRIES: object = {
  retry_on: 'connect-failure,refused-stream,reset-before-request',
  num_retries: 3,
  retry_back_off: { base_interval: '0.025s', max_interval: '0.25s' },
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
      },
    },
  ],
  host_selection_retry_max_attempts: 5,
};

/**
 * Each class of bodies has places and a queue of its own; a request holds a connection, which serves only this one.
 *
 * @param atOnce - requests that each LiteLLM is given at once
 * @param waiting - requests that wait for one LiteLLM's places
 */
export const cluster = (name: string, { addresses, replicas }: Upstream, atOnce: number, waiting: number): object => ({
  name,
  cluster_type: {
    name: 'envoy.cluster.dns',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.clusters.dns.v3.DnsCluster',
      // A replaced LiteLLM has another address, and Docker's DNS lets its answers be kept for ten minutes.
      respect_dns_ttl: false,
      dns_refresh_rate: '1s',
      dns_failure_refresh_rate: { base_interval: '1s', max_interval: '1s' },
      dns_lookup_family: 'V4_PREFERRED',
    },
  },
  connect_timeout: '2s',
  per_connection_buffer_limit_bytes: 65_536,
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: addresses.map((address) => ({ endpoint: { address: socket(address) } })) }],
  },
  circuit_breakers: {
    thresholds: [
      {
        max_connections: atOnce * replicas,
        max_pending_requests: waiting * replicas,
        max_requests: 10_000,
        max_retries: replicas > 1 ? 64 : 0,
      },
    ],
    // The places are sized by one LiteLLM's memory, also while it is the only one that is ready.
    ...(replicas > 1 ? { per_host_thresholds: [{ max_connections: atOnce }] } : {}),
  },
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http_protocol_options: {} },
      common_http_protocol_options: { max_requests_per_connection: 1 },
    },
  },
  ...(replicas > 1 ? BALANCING : {}),
});

/** To the LiteLLM with the fewest requests under way, among those that are ready; among all, where none says that it is. */
const BALANCING = {
  load_balancing_policy: {
    policies: [
      {
        typed_extension_config: {
          name: 'envoy.load_balancing_policies.least_request',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest',
            selection_method: 'FULL_SCAN',
          },
        },
      },
    ],
  },
  common_lb_config: { healthy_panic_threshold: { value: 1 } },
  health_checks: [
    {
      interval: '1s',
      no_traffic_interval: '1s',
      // LiteLLM has one thread, and large bodies take it for seconds. What says 503 is out at once.
      timeout: '5s',
      unhealthy_threshold: 3,
      healthy_threshold: 1,
      http_health_check: { path: READINESS },
    },
  ],
  // Sooner than by the checks: one that nobody can connect to. Answers say nothing, most 5xx are a provider's.
  outlier_detection: {
    split_external_local_origin_errors: true,
    consecutive_local_origin_failure: 3,
    enforcing_consecutive_local_origin_failure: 100,
    enforcing_local_origin_success_rate: 0,
    enforcing_consecutive_5xx: 0,
    enforcing_consecutive_gateway_failure: 0,
    enforcing_success_rate: 0,
    base_ejection_time: '5s',
    max_ejection_time: '30s',
    max_ejection_percent: 50,
  },
};

/** An address, in Envoy's words. */
export const socket = ({ host, port }: Address): object => ({ socket_address: { address: host, port_value: port } });
