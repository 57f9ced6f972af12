import pg from 'pg';
import type { Clock } from '../../src/platform/clock';

/**
 * Sets both clocks of an installation to another day: the process's, and in its database `now()` and
 * `clock_timestamp()`, which claims, leases and sweeps go by. Both run on from there.
 *
 * In the database a schema before `pg_catalog` in the search path holds functions of these names; connections opened
 * after `prepare` find them first, and the defaults of columns are led to them. Only functions with a search path of
 * their own keep the real time.
 */
export class TimeTravel {
  private aheadMs = 0;

  private constructor(private readonly client: pg.Client) {}

  /** Before the app connects. */
  static async prepare(databaseUrl: string): Promise<TimeTravel> {
    const client = new pg.Client(databaseUrl);
    await client.connect();
    const name = new URL(databaseUrl).pathname.slice(1);
    await client.query(`
      CREATE SCHEMA travelled;
      CREATE TABLE travelled.clock (ahead interval NOT NULL);
      INSERT INTO travelled.clock VALUES ('0');
      CREATE FUNCTION travelled.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        'SELECT pg_catalog.now() + ahead FROM travelled.clock';
      CREATE FUNCTION travelled.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT pg_catalog.clock_timestamp() + ahead FROM travelled.clock';
      DO $$ DECLARE d record; BEGIN
        FOR d IN SELECT f.adrelid::regclass AS of, quote_ident(a.attname) AS name FROM pg_attrdef f
          JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
          WHERE pg_get_expr(f.adbin, f.adrelid) = 'now()'
        LOOP
          EXECUTE format('ALTER TABLE %s ALTER COLUMN %s SET DEFAULT travelled.now()', d.of, d.name);
        END LOOP;
      END $$;
      GRANT USAGE ON SCHEMA travelled TO PUBLIC;
      GRANT SELECT ON travelled.clock TO PUBLIC;
      ALTER DATABASE ${name} SET search_path = travelled, pg_catalog, public;
    `);
    return new TimeTravel(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** From now on this clock tells the travelled time. */
  steer(clock: Clock): void {
    clock.now = () => new Date(Date.now() + this.aheadMs);
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  async goTo(instant: string): Promise<void> {
    this.aheadMs = Date.parse(instant) - Date.now();
    await this.client.query(`UPDATE travelled.clock SET ahead = $1 * interval '1 ms'`, [this.aheadMs]);
  }
}
