/** Where a workspace's files are: in the person's home, relative to it, and in `/etc`, where they are nobody's to change. */
export const PATHS = {
  /** The virtual key. */
  key: '.config/litellm/key',
  /** What `ai-models` shows. */
  models: '.config/ai-gateway/models.json',
  rooCode: '.config/roo-code/settings.json',
  openCode: '.config/opencode/opencode.json',
  openCodeManaged: '/etc/opencode/opencode.json',
  claudeCodeManaged: '/etc/claude-code/managed-settings.json',
  codexManaged: '/etc/codex/managed_config.toml',
  clineProviders: '.config/cline/providers.json',
  clineSettings: '.config/cline/global-settings.json',
  kilo: '.config/kilo/kilo.json',
  kiloManaged: '/etc/kilo/kilo.json',
  continue: '.continue/config.yaml',
  aiderModels: '.config/aider/models.yml',
  aiderMetadata: '.config/aider/metadata.json',
} as const;
