import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A child that does not outlive this program, however it ends; a Postgres of ours is not worth a clean shutdown. */
export function endsWithUs<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Ctrl-C and the like run the `exit` listeners, as returning would; so does a reader of our output that went away. */
export function exitOnSignals(): void {
  // not SIGPIPE: listening to it ends the ignoring of it, and then any peer that hangs up on a request ends us
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(130));
}
