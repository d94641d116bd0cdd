import { Pool } from 'undici';

/** Requests under way at once, as many as our own webhook may have. */
export const CONCURRENCY = 64;

export interface Job {
  key: string;
  body: string;
}

/** Posts the bodies of jobs to the receiver; what is not answered with 200 is an error. */
export function poster(origin: string): (id: string, body: string) => Promise<void> {
  const pool = new Pool(origin, { connections: CONCURRENCY });
  return async (id, body) => {
    const headers = { 'content-type': 'application/json', 'webhook-id': id };
    const response = await pool.request({ path: '/peer', method: 'POST', headers, body });
    await response.body.text();
    if (response.statusCode !== 200) throw new Error(`Answered ${response.statusCode}`);
  };
}
