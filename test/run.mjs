// `npm test`: builds what changed, runs every test, and closes with one plain line of counts.
// Arguments are handed to Jest: `npm test -- --testPathPatterns tickets`.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const HARD_LIMIT_MS = 25 * 60_000; // a test that hangs must not hang whoever waits for it

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((dir) => existsSync(join(dir, program)));
}

const missing = [];
if (!process.env.TEST_REDIS_URL && !onPath('redis-server')) {
  missing.push('redis-server (Debian: apt-get install redis-server; or set TEST_REDIS_URL)');
}
if (!process.env.CHROMIUM && !existsSync('/usr/bin/chromium')) {
  missing.push('chromium (Debian: apt-get install chromium; or set CHROMIUM to its path)');
}
if (missing.length > 0) {
  console.error(`The tests use real parts. Please install:\n  ${missing.join('\n  ')}`);
  process.exit(1);
}

execFileSync(process.execPath, [join(root, 'src/start.mjs'), '--build'], { cwd: root, stdio: 'inherit' });

const dir = mkdtempSync(join(tmpdir(), 'pasokh-jest-'));
const report = join(dir, 'report.json');
const jest = spawn(
  process.execPath,
  // a test that fails may leave its app running: report, then go
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${report}`,
    '--forceExit',
    '--maxWorkers=2', // most of a test is waiting: two share a small machine well
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'test' } },
);
const timer = setTimeout(() => {
  console.error(`The tests did not end within ${HARD_LIMIT_MS / 60_000} minutes.`);
  jest.kill('SIGKILL');
}, HARD_LIMIT_MS);

jest.on('exit', (code) => {
  clearTimeout(timer);
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  rmSync(dir, { recursive: true, force: true });
  const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? (code === 0 ? 0 : 1));
  console.log(`${result?.numPassedTests ?? 0} passed, ${failed} failed`);
  process.exit(code ?? 1);
});
