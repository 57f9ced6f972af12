import { key } from '../json';
import type { Mail } from './mail';
import { looksUnique, type MailIdentity, messageIdsIn } from './message-id';
import { bounceTokenIn, tokenIn, verifyBounceToken } from './thread-token';

/** Where a mail belongs, as far as it says so itself. */
export interface MailThread {
  threadKey: string;
  /**
   * Likeliest first: `token:<token>` (a reply address of ours, its signature unchecked), `mail:<Message-ID>` of
   * everything it refers to, `quoted:<token>` (a token of ours in what it quotes: anybody may have been forwarded that),
   * `ticket:<number>` from the subject.
   */
  aliases: string[];
  /** The Message-ID it answers. */
  inReplyTo?: string;
}

const ADDRESSED = ['delivered-to', 'x-original-to', 'envelope-to', 'to', 'cc'];

/**
 * A thread is the first mail of its references (RFC 5322 §3.6.4): every later mail names it, in whatever order they
 * come. Ids that a form uses for all its mails join nothing.
 */
export function threadOf(mail: Mail, identity: MailIdentity): MailThread {
  const inReplyTo = messageIdsIn(mail.header('in-reply-to')).filter(looksUnique);
  const references = messageIdsIn(mail.header('references')).filter(looksUnique);
  const root = references[0] ?? inReplyTo[0] ?? identity.externalId;
  const threadKey = threadKeyOf(root);
  const tokens = addressedIn(mail).flatMap((address) => tokenIn(address) ?? []);
  const number = ticketIn(mail.subject);
  const aliases = [
    ...tokens.map((token) => `token:${token}`),
    ...[...inReplyTo, ...references.toReversed(), identity.externalId].map(threadKeyOf),
    ...mail.quotedTokens.map((token) => `quoted:${token}`),
    ...(number === undefined ? [] : [`${BY_SUBJECT}${number}`]),
  ].filter((alias) => alias !== threadKey);
  const parent = inReplyTo[0] ?? references.at(-1);
  return { threadKey, aliases: [...new Set(aliases)], ...(parent === undefined ? {} : { inReplyTo: parent }) };
}

/** What stands where addresses of its receivers stand. */
const addressedIn = (mail: Mail): string[] =>
  ADDRESSED.flatMap((name) => mail.all(name)).flatMap((value) => value.slice(0, 16_384).split(/[\s<>,;:"]+/));

/** The message of ours that came back to the address it was sent from; undefined when that is not ours. */
export function returnedMessage(mail: Mail, key: string): string | undefined {
  const tokens = addressedIn(mail).flatMap((address) => bounceTokenIn(address) ?? []);
  return tokens.map((token) => verifyBounceToken(token, key)).find((id) => id !== null) ?? undefined;
}

/** A subject is no proof of anything: an unverified sender joins nothing by it (protocols/email.md §1). */
export const withoutSubject = (thread: MailThread): MailThread => ({
  ...thread,
  aliases: thread.aliases.filter((alias) => !alias.startsWith(BY_SUBJECT)),
});

const BY_SUBJECT = 'ticket:';
const threadKeyOf = (id: string): string => key('mail', id);

/** The number in `[#12045]`, Persian and Arabic digits too. */
export function ticketIn(subject: string): number | undefined {
  const digits = /\[#\s?([\d۰-۹٠-٩]{1,12})\]/.exec(subject)?.[1];
  if (digits === undefined) return undefined;
  const latin = digits.replaceAll(/\D/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
  const number = Number(latin);
  return number > 0 ? number : undefined;
}
