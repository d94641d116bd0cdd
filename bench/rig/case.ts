import type { Finding } from './finding.ts';
import type { Receiver } from './receiver.ts';
import { Seed } from './seed.ts';
import { API_KEY, Server } from './server.ts';
import { newPlace, type Place, type StoreName } from './stores.ts';

/** What every case is given. */
export interface Context {
  store: StoreName;
  receiver: Receiver;
  /** Only whether everything works: tiny numbers, each thing once. */
  smoke: boolean;
  /** How often what is noisy is measured: the median counts. */
  repeats: number;
  /** Folder for profiles of the server, null where none are wanted. */
  profiles: string | null;
  /** How long the server is watched for growth of its memory. */
  growthMinutes: number;
  /** Says what is being done. */
  say: (text: string) => void;
}

export interface Case {
  name: string;
  run: (context: Context) => Promise<Finding[]>;
}

/** How long a case may wait for what is to come. */
export const PATIENCE_MS = 600_000;

/** An empty place with one workspace, filled while no server runs on it; gone when `use` has ended. */
export async function withPlace<Result>(
  { store }: Context,
  fill: (seed: Seed, workspaceId: number) => Promise<void>,
  use: (place: Place) => Promise<Result>,
): Promise<Result> {
  const place = await newPlace(store);
  try {
    const opened = await place.open();
    try {
      const seed = new Seed(opened);
      await fill(seed, await seed.workspace(API_KEY));
    } finally {
      await opened.close();
    }
    return await use(place);
  } finally {
    await place.remove();
  }
}

/** A server on the place, stopped when `use` has ended. */
export async function withServer<Result>(
  { profiles }: Context,
  place: Place,
  use: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await Server.start(place, profiles ?? undefined);
  try {
    const result = await use(server);
    await server.stop();
    return result;
  } finally {
    server.kill();
  }
}
