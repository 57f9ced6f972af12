import { rmSync } from 'node:fs';

export default async function teardown() {
  globalThis.testRedis?.kill('SIGKILL');
  const { testPostgres } = globalThis;
  if (!testPostgres) return;
  const gone = new Promise((resolve) => testPostgres.child.on('exit', resolve));
  testPostgres.child.kill('SIGQUIT'); // nothing here is worth a clean shutdown
  await gone;
  rmSync(testPostgres.dir, { recursive: true, force: true });
}
