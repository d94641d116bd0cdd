/**
 * The first field of a trigger: what it costs, as a note that nobody can fill in. Zapier shows the help
 * text of a `copy` field and nothing else of it.
 */
export const costNote = (helpText: string) => ({ key: 'cost', type: 'copy', helpText }) as const;
