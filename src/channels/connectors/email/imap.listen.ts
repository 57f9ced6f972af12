import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import type { Credentials } from '../../channel';
import type { EmailSettings } from './email.settings';
import { mailboxFailure, openImap } from './imap.client';

/**
 * Waits for news with IDLE (RFC 2177). An idle connection may die without a sign, so every `idleMs` the server must
 * answer a question; one that pushes nothing but answers tells then what it has.
 * @returns when the signal ends it. @throws when the connection broke or went silent; open it again
 */
export async function listenForMail(
  settings: EmailSettings,
  credentials: Credentials,
  onNews: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  if (!settings.imap) return untilAborted(signal); // the hook brings the news
  const tooLate = new AbortController();
  const patience = setTimeout(() => tooLate.abort(), settings.timeoutMs);
  let client: ImapFlow | undefined;
  try {
    // The question after `idleMs` comes before the socket gives up, and has `timeoutMs` to be answered.
    const silenceMs = settings.idleMs + settings.timeoutMs;
    client = await openImap(settings, credentials, AbortSignal.any([signal, tooLate.signal]), silenceMs);
    client.on('exists', onNews);
    await client.mailboxOpen(settings.mailbox, { readOnly: true });
    clearTimeout(patience);
    onNews(); // what came while nobody listened
    await idle(client, settings, signal);
  } catch (error) {
    if (!signal.aborted) throw new Error(mailboxFailure(error).reason, { cause: error });
  } finally {
    clearTimeout(patience);
    client?.close();
  }
}

/** @throws when the connection broke or went silent; returns when the signal ends it */
async function idle(client: ImapFlow, settings: EmailSettings, signal: AbortSignal): Promise<void> {
  const closed = new AbortController();
  client.on('close', () => closed.abort());
  const stopped = AbortSignal.any([signal, closed.signal]);
  while (!stopped.aborted) {
    const idling = client.idle();
    await sleep(settings.idleMs, undefined, { signal: stopped }).catch(() => undefined);
    if (stopped.aborted) break;
    await client.noop();
    await idling;
  }
  if (!signal.aborted) throw new Error('The mail server closed the connection.');
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
