import { pool, serve } from './floor-server';

/** The smallest durable acknowledgement: one row, one transaction a request. */
async function main(): Promise<void> {
  await pool.query('CREATE TABLE IF NOT EXISTS floor_hooks (id bigserial PRIMARY KEY, body bytea NOT NULL)');
  serve(async (body) => {
    await pool.query({ name: 'hook', text: 'INSERT INTO floor_hooks (body) VALUES ($1)', values: [body] });
  });
}

void main();
