// Builds what changed since the last build, then runs it: `npm install && npm start` needs nothing else.
//   node src/start.mjs                  the product
//   node src/start.mjs --build          nothing: only builds
//   node src/start.mjs --dev            the product, restarted on changes, and the console with reload
//   node src/start.mjs --run FILE …     another program of the build, with its own arguments
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const [mode, ...rest] = process.argv.slice(2);

/** Time of the newest file under these paths, skipping what is generated. */
function newest(...paths) {
  let time = 0;
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    const stat = statSync(full);
    if (!stat.isDirectory()) time = Math.max(time, stat.mtimeMs);
    else {
      for (const name of readdirSync(full)) {
        if (name !== 'dist' && name !== 'node_modules') time = Math.max(time, newest(join(path, name)));
      }
    }
  }
  return time;
}

function build(script, out, ...sources) {
  const stamp = join(root, out);
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest(...sources)) return;
  try {
    require.resolve('typescript7/package.json');
  } catch {
    if (existsSync(stamp)) return; // an image without development packages runs what it was built with
    throw new Error('There is no build yet, and no compiler: run `npm install` with development packages.');
  }
  process.stderr.write(`building (${script}) …\n`);
  const started = new Date(); // what is edited while we build is built again next time
  execFileSync('npm', ['run', '-s', script], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  writeFileSync(stamp, '');
  utimesSync(stamp, started, started);
}

const server = () => build('build:server', 'dist/.built', 'src', 'test', 'tsconfig.json', 'tsconfig.build.json');
const web = () => build('build:web', 'web/dist/.built', 'web');

if (mode === '--build') {
  server();
  web();
} else if (mode === '--dev') {
  server();
  const children = [
    spawn(
      process.execPath,
      [join(root, 'node_modules/typescript7/bin/tsc'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
      { cwd: root, stdio: 'inherit' },
    ),
    spawn(process.execPath, ['--watch', join(root, 'dist/src/main.js')], { cwd: root, stdio: 'inherit' }),
    spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), '--config', 'web/vite.config.mts'], {
      cwd: root,
      stdio: 'inherit',
    }),
  ];
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => children.forEach((child) => child.kill(signal)));
} else {
  const [file, ...args] = mode === '--run' ? rest : ['dist/src/main.js', ...process.argv.slice(2)];
  server();
  if (mode !== '--run' || file.includes('/demo/')) web();
  process.argv.splice(1, process.argv.length - 1, join(root, file), ...args);
  require(join(root, file)); // the same process: signals and exit codes need no carrying over
}
