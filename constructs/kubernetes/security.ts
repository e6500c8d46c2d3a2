import type { PodSecurityContext, SecurityContext } from 'cdk8s-plus-32/lib/imports/k8s';
import type { User } from '../../workloads/workload';

/** Labels of a namespace that admits only pods without privileges (Pod Security Standards, `restricted`). */
export const RESTRICTED: Readonly<Record<string, string>> = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

/** What every pod is denied: root, and system calls that the runtime's profile does not list. */
export const podSecurity = ({ uid, gid }: User): PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: uid,
  runAsGroup: gid,
  // Volumes belong to this group, so that whoever is not root can write.
  fsGroup: gid,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

/** What every container is denied. */
export const containerSecurity = (writableRoot = false): SecurityContext => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: !writableRoot,
});
