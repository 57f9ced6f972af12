import { AsyncLocalStorage } from 'node:async_hooks';

/** Only what logs and events carry along: which request (or job) caused this. Never authority, never a transaction. */
const storage = new AsyncLocalStorage<{ requestId: string }>();

export const runWithRequestId = <T>(requestId: string, work: () => T): T => storage.run({ requestId }, work);

export const currentRequestId = (): string | undefined => storage.getStore()?.requestId;
