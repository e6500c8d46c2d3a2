import { stringify } from 'yaml';
import type { Manifest } from './manifest';

/** An object as a YAML document. Lines are not folded, so that a change is one line of a diff. */
export const yamlOf = (manifest: Manifest): string =>
  stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false });

/**
 * Files of a directory that `kubectl apply`, Argo CD and Flux take: `NN-kind-name.yaml`, numbered in the order in which the
 * objects are needed.
 */
export function yamlFiles(manifests: readonly Manifest[]): { readonly name: string; readonly content: string }[] {
  const digits = String(manifests.length).length;
  return manifests.map((manifest, index) => {
    const { name, namespace } = manifest.metadata;
    const parts = [String(index + 1).padStart(digits, '0'), manifest.kind.toLowerCase()];
    return {
      name: `${[...parts, ...(name === 'deny-all' && namespace ? [namespace] : []), name].join('-')}.yaml`,
      content: yamlOf(manifest),
    };
  });
}
