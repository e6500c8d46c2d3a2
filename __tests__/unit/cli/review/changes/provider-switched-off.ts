import { type Change, container } from '../change';

export const change: Change = {
  what: 'Bedrock is switched off, and with it the only optional secret: the environment is a plain list now',
  apply: (draft) => {
    draft.proxy.model_list = draft.proxy.model_list.filter((entry) => !entry.model_name.startsWith('bedrock-'));
    const litellm = container(draft, 'litellm');
    litellm.env = [
      'ANTHROPIC_API_KEY=${var.anthropic_api_key}',
      'DATABASE_URL=postgresql://litellm:${replace(urlencode(var.postgres_password), "+", "%20")}@postgres:5432/litellm',
      'HOME=/tmp',
      'LITELLM_ASSETS_PATH=/tmp/assets',
      'LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS=True',
      'LITELLM_LOCAL_AUTOROUTER_PRESETS=True',
      'LITELLM_LOCAL_BLOG_POSTS=True',
      'LITELLM_LOCAL_MODEL_COST_MAP=True',
      'LITELLM_LOCAL_POLICY_TEMPLATES=True',
      'LITELLM_LOG=DEBUG',
      'LITELLM_MASTER_KEY=${var.litellm_master_key}',
      'LITELLM_MIGRATION_DIR=/tmp/migrations',
      'LITELLM_MODE=PRODUCTION',
      'LITELLM_NON_ROOT=true',
      'LITELLM_SALT_KEY=${var.litellm_salt_key}',
      'LITELLM_UI_PATH=/tmp/ui',
      'NO_DOCS=True',
      'NO_OPENAPI=True',
      'NO_REDOC=True',
      'XDG_CACHE_HOME=/tmp/cache',
    ];
  },
};
