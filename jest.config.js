import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import './require-node.js';

// For the processes that the tests start: see test/support/child-env.ts.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'pakiet-compile-cache');

/** @type {import('jest').Config} */
export default {
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: true },
          experimental: { keepImportAttributes: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.{ts,tsx}'],
  // They need a browser: `npm run test:browser`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/build'],
  setupFilesAfterEnv: ['<rootDir>/test/support/loopback-only.ts'],
  // Much of the time is spent waiting for child processes, so there are more workers than cores.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  testTimeout: 30_000,
};
