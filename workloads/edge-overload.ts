/** Connections at once, and the memory, in bytes, at which no new request is taken. */
const CONNECTIONS = 2048;
const HEAP = 500 * 1024 ** 2;

const monitor = (name: string, type: string, config: object) => ({
  name: `envoy.resource_monitors.${name}`,
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.resource_monitors.${type}`, ...config },
});

const action = (name: string, value: number) => ({
  name: `envoy.overload_actions.${name}`,
  triggers: [{ name: 'envoy.resource_monitors.fixed_heap', threshold: { value } }],
});

/** What Envoy does where connections or memory run out. */
export const OVERLOAD_MANAGER: object = {
  refresh_interval: '0.25s',
  resource_monitors: [
    monitor('fixed_heap', 'fixed_heap.v3.FixedHeapConfig', { max_heap_size_bytes: HEAP }),
    monitor('global_downstream_max_connections', 'downstream_connections.v3.DownstreamConnectionsConfig', {
      max_active_downstream_connections: CONNECTIONS,
    }),
  ],
  actions: [action('shrink_heap', 0.8), action('disable_http_keepalive', 0.9), action('stop_accepting_requests', 0.97)],
};
