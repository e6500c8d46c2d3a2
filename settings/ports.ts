/**
 * Ports on which the services listen, inside their containers. Which ports the host offers is decided in `gateway.yaml`.
 */
export const PORTS = {
  /** PostgreSQL, LiteLLM's and Coder's. */
  postgres: 5432,
  litellm: 4000,
  /** The edge listens where clients expect LiteLLM. */
  edge: 4000,
  /** Envoy's own liveness answer, on its loopback. */
  edgeHealth: 9901,
  /** Counters that several LiteLLM share. */
  valkey: 6379,
  keyProvisioner: 8100,
  coder: 7080,
  /** The door's own liveness answer, on its loopback. */
  doorHealth: 8404,
  /** code-server in a workspace, on its loopback. */
  codeServer: 13337,
} as const;
