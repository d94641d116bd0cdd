import '../../require-node.js';

// Names are looked up, and bodies compressed, in libuv's threads: with its usual four, a few names whose
// name server is silent would hold up every other webhook.
process.env.UV_THREADPOOL_SIZE ??= '64';

const { run } = await import('./run.ts');
await run();
