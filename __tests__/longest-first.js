const Sequencer = require('@jest/test-sequencer').default;

/** Files that take minutes, the longest first: whoever starts them last waits for them alone. Their size tells nothing of it. */
const LONGEST = [
  'contract/agents/clients',
  'contract/agents/hostile-repositories',
  'contract/litellm-config/proxy-config',
  'contract/key-provisioner/workspace-keys',
  'contract/key-provisioner/fuzz',
  'deploy/documents',
  'deploy/coder',
  'deploy/doctor',
  'deploy/platform',
];

/** Starts what takes long before everything else. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const found = LONGEST.findIndex((part) => path.includes(`/__tests__/${part}`));
      return found < 0 ? LONGEST.length : found;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
