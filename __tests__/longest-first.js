const Sequencer = require('@jest/test-sequencer').default;

/** Files that take minutes, the longest first: whoever starts them last waits for them alone. Their size tells nothing of it. */
const LONGEST = [
  'contract/agents/hostile-repositories',
  'contract/agents/clients',
  'contract/cli/keys',
  'contract/litellm-config/request-filter',
  'contract/key-provisioner/workspace-keys',
  'contract/edge/memory',
  'contract/key-provisioner/fuzz',
  'contract/key-provisioner/enforcement',
  'contract/prisma-engine',
  'deploy/documents',
  'deploy/platform',
  'deploy/workspace-image',
  'programs/cli/command-line',
  'programs/contractor-workspace-image/start-workspace',
];

/** Waits for the image of a Coder server, which takes minutes of a new machine. */
const LAST = 'deploy/coder';

/** Starts what takes long before everything else. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      if (path.includes(`/__tests__/${LAST}`)) return LONGEST.length + 1;
      const found = LONGEST.findIndex((part) => path.includes(`/__tests__/${part}`));
      return found < 0 ? LONGEST.length : found;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
