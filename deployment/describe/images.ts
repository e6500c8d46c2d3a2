import type { Settings } from '../../settings/schema';
import { imageOf } from '../../workloads/images';
import type { Workload } from '../../workloads/workload';
import { workspaceImage } from '../../workspace/image';

/** Every image that is pulled or built upon, by its name in the settings. The Coder server's only where there is one. */
export function describeImages(settings: Settings, workloads: readonly Workload[]): Record<string, string> {
  const isBuilt = workloads.some(({ image }) => image.kind === 'build');
  const { key_provisioner } = settings.images;
  return {
    ...Object.fromEntries(
      workloads.flatMap(({ name, service = name, image }) =>
        image.kind === 'reference' && service === name && name !== 'key-provisioner' && name !== 'coder-postgres'
          ? [[name, image.reference]]
          : [],
      ),
    ),
    ...(key_provisioner ? { key_provisioner } : {}),
    ...(isBuilt ? { node: imageOf('node', settings) } : {}),
    door: imageOf('door', settings),
    seed: imageOf('seed', settings),
    workspace: workspaceImage(settings),
  };
}
