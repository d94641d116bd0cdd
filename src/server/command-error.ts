/** What is wrong with a command, in one sentence. */
export class CommandError extends Error {}
