import '../../require-node.js';

const { runCommand } = await import('./commands.ts');
await runCommand(process.argv);
