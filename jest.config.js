const { existsSync } = require('node:fs');

/** `unit` needs nothing, `programs` what `scripts/test-tools.sh` installs, `contract` the real LiteLLM, `deploy` a Docker daemon, `kubernetes` a cluster. */
const esmOnly = ['cookie', 'fastify-type-provider-zod', 'csv-parse', 'listr2'];

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript', dynamicImport: true } },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/.cache', '<rootDir>/.demo', '/dist/'],
};

module.exports = {
  passWithNoTests: process.env.CONTRACT === 'skip',
  // No test is about speed: it polls for what it waits for, and this ends one that would wait for ever on a busy machine.
  testTimeout: 300_000,
  testSequencer: '<rootDir>/__tests__/longest-first.js',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/__tests__/unit/**/*.test.ts'],
      moduleNameMapper: { '^(node:)?child_process$': '<rootDir>/__tests__/no-programs.js' },
    },
    { ...shared, displayName: 'programs', testMatch: ['<rootDir>/__tests__/programs/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'contract',
      // Where there is no Python, somebody may decide to do without; nothing decides that by itself.
      ...(process.env.CONTRACT === 'skip' ? { testPathIgnorePatterns: ['/'] } : {}),
      testMatch: ['<rootDir>/__tests__/contract/**/*.test.ts'],
      ...(existsSync(`${__dirname}/__tests__/contract/support/global-setup.ts`)
        ? {
            globalSetup: '<rootDir>/__tests__/contract/support/global-setup.ts',
            globalTeardown: '<rootDir>/__tests__/contract/support/global-teardown.ts',
          }
        : {}),
    },
    { ...shared, displayName: 'deploy', testMatch: ['<rootDir>/__tests__/deploy/**/*.test.ts'] },
    { ...shared, displayName: 'kubernetes', testMatch: ['<rootDir>/__tests__/kubernetes/**/*.test.ts'] },
  ],
};
