import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { bodyClasses } from './body-limits';
import { edgeConfiguration } from './edge-configuration';
import { imageOf } from './images';
import { replicaNames } from './litellm-replicas';
import { EnvValue } from './value';
import type { Workload } from './workload';

/** The file of the edge's configuration. */
export const EDGE_CONFIGURATION = 'envoy.json';

/**
 * What everybody meets in front of LiteLLM: an Envoy that reads no body larger than 32 MB, only few large ones at once, and
 * those of unknown keys not at all, and that passes known headers and query parameters on the routes of models.
 */
export const edge = (settings: Settings): Workload => ({
  name: 'edge',
  image: { kind: 'reference', reference: imageOf('edge', settings) },
  arguments: ENVOY_ARGUMENTS,
  environment: {},
  files: {
    directory: '/etc/edge',
    files: [
      {
        name: EDGE_CONFIGURATION,
        content: edgeConfiguration({
          listen: { host: '0.0.0.0', port: PORTS.edge },
          healthPort: PORTS.edgeHealth,
          litellm: [{ host: 'litellm', port: PORTS.litellm }],
          replicas: settings.litellm.replicas,
          requestTimeoutSeconds: settings.litellm.request_timeout_s,
          classes: bodyClasses(settings.litellm.memory_mb),
        }),
      },
    ],
  },
  connects: [{ to: 'litellm', port: PORTS.litellm }],
  ports: [{ name: 'http', port: PORTS.edge }],
  // Doors made before there was an edge forward to LiteLLM's container until their workspace starts again.
  takesOverFrom: 'litellm',
  published: [{ port: PORTS.edge, hostPort: settings.litellm.port, bind: settings.litellm.bind }],
  health: {
    // The image has bash and neither curl nor wget.
    command: [
      'bash',
      '-c',
      `exec 3<>/dev/tcp/127.0.0.1/${PORTS.edgeHealth} && printf 'GET /alive HTTP/1.1\\r\\nHost: edge\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3`,
    ],
    intervalSeconds: 5,
    timeoutSeconds: 3,
    retries: 3,
    startPeriodSeconds: 15,
  },
  // Envoy itself takes 70 MB; connections, small bodies, bodies that arrive and bodies that wait fill at most some 400 MB more. At 500 MB
  // it takes no new request.
  memoryMb: 768,
  user: { uid: 101, gid: 101 },
  scratch: [],
  persistent: [],
  dependsOn: replicaNames(settings),
  // Envoy ends at once, with what is under way.
  stopGraceSeconds: 10,
});

/** One thread, so that the counts of requests at once are exact; it forwards some thousands of requests a second. */
const ENVOY_ARGUMENTS: readonly EnvValue[] = [
  EnvValue.literal('-c'),
  EnvValue.path(EDGE_CONFIGURATION),
  ...['--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'].map(EnvValue.literal),
];
