/**
 * Webhooks are spread over so many shards, for good: each shard has one dispatcher at a time, and so has
 * each webhook.
 */
export const SHARDS = 64;

export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

export const shardOf = (webhookId: number): number => webhookId % SHARDS;
