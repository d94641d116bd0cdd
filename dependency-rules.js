// The arrows between the parts (run by `npm run lint`): each part may reach only what stands here.

/** @param {...string} names */
const packages = (...names) => names.map((name) => `^node_modules/(@types/)?${name}/`);

/**
 * A part may import itself, the wire, Node's own modules, and the paths given.
 * @param {string} name
 * @param {string[]} allowed
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const part = (name, allowed) => ({
  name: `${name}-reaches-only-its-own`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { pathNot: [`^src/${name}/`, '^src/wire/', ...allowed], dependencyTypesNot: ['core'] },
});

const anyPackage = '^node_modules/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    part('wire', packages('zod')),
    part('zapier', packages('zod', 'zapier-platform-core')),
    part('sources', packages('zod', 'libphonenumber-js')),
    part('store', [anyPackage]),
    part('core', ['^src/(store|sources)/', anyPackage]),
    part('web', ['^src/(core|store|sources)/', anyPackage]),
    part('server', [
      '^src/(core|store|web|sources)/',
      '^(require-node.js|package.json)$',
      anyPackage,
    ]),
    {
      name: 'the-integration-reaches-only-zapier-and-wire',
      severity: 'error',
      from: { path: '^index.ts$' },
      to: {
        pathNot: ['^src/zapier/', '^node_modules/zapier-platform-core/', '^package.json$'],
      },
    },
    {
      name: 'every-import-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
    },
  },
};
