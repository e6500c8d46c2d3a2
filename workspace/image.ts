import type { Settings } from '../settings/schema';

/** The image that `images/contractor-workspace` builds, unless `images.workspace` names another. */
export const WORKSPACE_IMAGE = 'coder-ai-gateway/contractor-workspace:0.1.0';

/** The image of every workspace of a deployment. */
export const workspaceImage = (settings: Settings): string => settings.images.workspace ?? WORKSPACE_IMAGE;
