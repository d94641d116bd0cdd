/** The wire's timestamps: UTC, whole seconds, offset without a colon, as in `2021-02-24T16:25:29+0000`. */
export const TIMESTAMP_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+0000$/;

/** Formats Unix milliseconds (years 0 to 9999) for the wire, cutting the fraction of a second. */
export function formatTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}

/** `2021-02-24T16:25:29+0000` → `2021-02-24 16:25`, as people read it in notes and transcripts. */
export function readableMinute(timestamp: string): string {
  return timestamp.slice(0, 16).replace('T', ' ');
}

/** `2021-02-24T16:25:29+0000` → `2021-02-24T16:25:29+00:00`, for readers who insist on the colon. */
export function withColonInOffset(timestamp: string): string {
  return timestamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
}
