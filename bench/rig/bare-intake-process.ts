// Keeps nothing. Given an address and a body, it posts that body there with undici before it answers.
import { Pool } from 'undici';
import { serve } from './bare-intake.ts';
import { CONNECTIONS } from './load.ts';

const [, , target, body] = process.argv;
if (target && body) {
  const { origin, pathname: path } = new URL(target);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const headers = { 'content-type': 'application/json' };
  await serve(async () => {
    const response = await pool.request({ path, method: 'POST', headers, body });
    await response.body.text();
  });
} else await serve();
