import type { TerraformStack } from 'cdktf';

/**
 * Makes a stack ask for version 4 of the Docker provider, which repairs stopped containers. The bindings alone would ask for
 * 3.6.2 exactly. The provider itself is the stack's to add.
 */
export function requireDockerProvider(stack: TerraformStack): void {
  stack.addOverride('terraform.required_providers.docker.version', '~> 4.6');
}
