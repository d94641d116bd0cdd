import '../../require-node.js';

const { run } = await import('./run.ts');
await run();
