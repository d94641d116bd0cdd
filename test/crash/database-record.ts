import pg from 'pg';

/** A shard changed hands; life null: nobody has it. */
export interface ShardMove {
  shard: number;
  life: number | null;
  at: number;
}

/** A life began its lease, renewed it, or (ended) somebody cleared it away. */
export interface LeaseEvent {
  life: number;
  what: 'begun' | 'renewed' | 'ended';
  /** Which life did that. */
  by: number | null;
  at: number;
}

/**
 * What the database itself writes down of those that share it: by triggers, in the very transactions. Whoever
 * works on it says by the name of the connection which life it is.
 */
export class DatabaseRecord {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** To be called once the schema is there, and before any dispatcher is. */
  async begin(): Promise<void> {
    await this.ask(TRIGGERS);
  }

  async shardMoves(): Promise<ShardMove[]> {
    return this.ask('SELECT shard, life, at FROM shard_move ORDER BY nth');
  }

  async leaseEvents(): Promise<LeaseEvent[]> {
    return this.ask(
      'SELECT life, what, by, at FROM lease_event WHERE life IS NOT NULL ORDER BY nth',
    );
  }

  /** Cursors, counts and pauses that were written by a life that did not hold their webhook. */
  async trespasses(): Promise<{ what: string; at: number }[]> {
    return this.ask('SELECT what, at FROM trespass ORDER BY at');
  }

  /** Which life has each shard now. */
  async holders(): Promise<(number | null)[]> {
    const rows = await this.ask<{ life: number | null }>(
      'SELECT life FROM shard LEFT JOIN life_of USING (dispatcher_id) ORDER BY shard.id',
    );
    return rows.map(({ life }) => life);
  }

  async lanes(): Promise<number> {
    const [row] = await this.ask<{ n: number }>('SELECT count(*)::int AS n FROM lane');
    return row?.n ?? 0;
  }

  /** The webhook of each path of the receivers. */
  async webhookIds(): Promise<Map<string, number>> {
    const rows = await this.ask<{ id: number; name: string }>(
      `SELECT id::int, split_part(target_url, '/', 4) AS name FROM webhook`,
    );
    return new Map(rows.map(({ id, name }) => [name, id]));
  }

  /** Ends that share of the connections of all lives; answers how many. */
  async cut(share: number): Promise<number> {
    const rows = await this.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'life-%' AND random() < ${share}`,
    );
    return rows.length;
  }

  /** Over a connection of its own, since the server may have been restarted. */
  async ask<Row = Record<string, unknown>>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.#url });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }
}

const NOW = 'extract(epoch FROM clock_timestamp()) * 1000';
const ME = "substring(current_setting('application_name') FROM '^life-(\\d+)$')::int";

const TRIGGERS = `
  CREATE TABLE life_of (dispatcher_id BIGINT PRIMARY KEY, life INT NOT NULL);
  CREATE TABLE shard_move (nth BIGSERIAL, shard INT, life INT, at FLOAT8 DEFAULT ${NOW});
  CREATE TABLE lease_event (nth BIGSERIAL, life INT, what TEXT, by INT DEFAULT ${ME}, at FLOAT8 DEFAULT ${NOW});
  CREATE TABLE trespass (what TEXT, at FLOAT8 DEFAULT ${NOW});

  CREATE FUNCTION note_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
      INSERT INTO life_of VALUES (NEW.id, ${ME});
      INSERT INTO lease_event (life, what) VALUES (${ME}, 'begun');
    ELSE
      INSERT INTO lease_event (life, what)
      SELECT life, CASE TG_OP WHEN 'UPDATE' THEN 'renewed' ELSE 'ended' END
        FROM life_of WHERE dispatcher_id = OLD.id;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER note_lease AFTER INSERT OR UPDATE OR DELETE ON dispatcher
    FOR EACH ROW EXECUTE FUNCTION note_lease();

  CREATE FUNCTION note_shard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO shard_move (shard, life)
    VALUES (NEW.id, (SELECT life FROM life_of WHERE dispatcher_id = NEW.dispatcher_id));
    RETURN NULL;
  END $$;
  CREATE TRIGGER note_shard AFTER UPDATE ON shard FOR EACH ROW EXECUTE FUNCTION note_shard();

  -- Of whoever delivers; what is taken in opens lanes, and owners change webhooks.
  CREATE FUNCTION note_trespass() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    webhook BIGINT := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
    holder INT;
  BEGIN
    IF EXISTS (SELECT 1 FROM life_of WHERE life = ${ME}) THEN
      SELECT life INTO holder FROM shard JOIN life_of USING (dispatcher_id) WHERE shard.id = webhook % 64;
      IF holder IS DISTINCT FROM ${ME} THEN
        INSERT INTO trespass (what) VALUES (format('life %s wrote to %s of webhook %s, which life %s held: %s',
          ${ME}, TG_TABLE_NAME, webhook, coalesce(holder::text, 'no'), to_jsonb(OLD)));
      END IF;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER note_trespass AFTER UPDATE OR DELETE ON lane
    FOR EACH ROW EXECUTE FUNCTION note_trespass('webhook_id');
  CREATE TRIGGER note_trespass AFTER UPDATE OF consecutive_errors, enabled ON webhook
    FOR EACH ROW EXECUTE FUNCTION note_trespass('id');`;
