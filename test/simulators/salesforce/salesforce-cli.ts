import { startSalesforce } from './server';

/** `salesforce-cli [port]`: an org on loopback until it is told to stop; everything else by its control plane. */
async function main(): Promise<void> {
  const port = Number(process.argv[2] ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`'${process.argv[2]}' is no port; give a number from 0 (any free one) to 65535.`);
  }
  const emulator = await startSalesforce({ port });
  process.stdout.write(`${emulator.url}\n`);
  const stop = () => void emulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
});
