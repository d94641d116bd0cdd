import { Pool } from 'undici';

/** Requests under way at once, as many as our own webhook may have. */
export const CONCURRENCY = 64;

export interface Job {
  key: string;
  body: string;
}

/** Posts the bodies of jobs to the receiver, with more headers; what is not answered with 200 is an error. */
export function poster(origin: string): (id: string, body: string, more?: object) => Promise<void> {
  const pool = new Pool(origin, { connections: CONCURRENCY });
  return async (id, body, more = {}) => {
    const headers = { 'content-type': 'application/json', 'webhook-id': id, ...more };
    const response = await pool.request({ path: '/peer', method: 'POST', headers, body });
    await response.body.text();
    if (response.statusCode !== 200) throw new Error(`Answered ${response.statusCode}`);
  };
}
