import type { Change } from '../variant';

export const change: Change = {
  what: "LiteLLM's container loses its protections",
  platform: (stack) => {
    const { container } = stack.platform.workload('litellm');
    container.user = 'root';
    container.readOnly = false;
    container.resetSecurityOpts();
    container.putCapabilities({ add: ['CAP_SYS_ADMIN'] });
    container.resetMemory();
    container.putVolumes([
      { containerPath: '/etc/litellm', readOnly: true, volumeName: '${docker_volume.litellm_files.name}' },
      { containerPath: '/var/run/docker.sock', hostPath: '/var/run/docker.sock' },
    ]);
  },
};
