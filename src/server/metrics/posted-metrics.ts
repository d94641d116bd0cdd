import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/** Metrics as one thread can hand them to another. */
export type PostedMetrics = MetricObjectWithValues<MetricValue<string>>[];

/** What a registry holds now, to be handed over. */
export const posted = (registry: Registry): Promise<PostedMetrics> =>
  registry.getMetricsAsJSON() as Promise<PostedMetrics>;
