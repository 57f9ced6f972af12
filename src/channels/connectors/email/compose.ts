import MailComposer from 'nodemailer/lib/mail-composer';
import { guessLanguage } from '../../../text/language';
import type { OutboundMessage } from '../../sending';
import { LOOP_HEADER, OUR_HEADER } from './automatic';
import type { EmailSettings } from './email.settings';
import { messageIdOf, mintMessageId } from './message-id';
import { ticketIn } from './thread';
import type { Envelope } from './smtp.client';
import { markOf, mintThreadToken, tokenAddress } from './thread-token';

export interface LoadedAttachment {
  name: string;
  mimeType: string | undefined;
  content: Buffer;
}

/** The headers of a mail, decided. */
export interface MailPlan {
  messageId: string;
  from: { name: string; address: string };
  to: string;
  replyTo: string | undefined;
  subject: string;
  inReplyTo: string | undefined;
  references: readonly string[];
  headers: Readonly<Record<string, string>>;
  text: string;
  html: string;
}

const MOST_REFERENCES = 20;

/** What a message looks like as a mail. Pure: the same message is the same mail whenever it is sent again. */
export function planMail(
  message: OutboundMessage,
  { from: address, to }: Envelope,
  settings: EmailSettings,
  threadKey: string,
): MailPlan {
  const { thread } = message;
  const token = thread ? mintThreadToken(thread.conversationId, threadKey) : null;
  const known = (thread?.externalIds ?? []).flatMap((id) => messageIdOf(id) ?? []);
  const parent = (message.replyToExternalId && messageIdOf(message.replyToExternalId)) ?? known.at(-1);
  const references = [...new Set([...known.filter((id) => id !== parent), ...(parent ? [parent] : [])])];
  return {
    messageId: mintMessageId(message.id, address),
    from: { name: settings.displayName, address },
    to,
    replyTo: token === null || !settings.plusAddressing ? undefined : tokenAddress(address, token),
    subject: subjectOf(message, settings.subjectTag),
    inReplyTo: parent || undefined,
    references: references.slice(-MOST_REFERENCES),
    headers: {
      [LOOP_HEADER]: address,
      [OUR_HEADER]: message.id,
      // RFC 3834: a machine's answer says so, and asks machines not to answer it.
      ...(message.author === 'bot'
        ? { 'auto-submitted': 'auto-replied', 'x-auto-response-suppress': 'DR, RN, OOF, AutoReply' }
        : {}),
    },
    ...bodyOf(message.text, settings, settings.bodyMark ? token : null),
  };
}

const FALLBACK_SUBJECT = { fa: 'پاسخ به درخواست شما', en: 'Your request' };

/** `Re: …` once and never on a mail that begins its thread, the ticket's number once. */
function subjectOf({ thread, text }: OutboundMessage, tag: boolean): string {
  const told = (thread?.subject ?? '').replaceAll(/\s+/g, ' ').trim();
  const bare = told.replace(/^(?:(?:re|aw|sv|پاسخ)\s?[:：]\s?)+/i, '');
  const subject =
    bare === '' ? FALLBACK_SUBJECT[guessLanguage(text) === 'fa' ? 'fa' : 'en'] : thread?.begins ? bare : `Re: ${bare}`;
  const number = thread?.ticketNumber;
  return tag && number !== undefined && ticketIn(subject) !== number ? `${subject} [#${number}]` : subject;
}

const UNSEEN = 'display:none;font-size:0;line-height:0;max-height:0;overflow:hidden;mso-hide:all';

/** @param token stands unseen in the HTML: what quotes the mail names its conversation, whatever became of the headers */
function bodyOf(
  text: string,
  { signature, replyLine }: EmailSettings,
  token: string | null,
): { text: string; html: string } {
  const parts = [replyLine, text, signature === '' ? '' : `-- \n${signature}`].filter((part) => part !== '');
  const direction = guessLanguage(text.replaceAll(/https?:\S+/g, '')) === 'fa' ? 'rtl' : 'ltr';
  const html = [
    `<!doctype html><html><body><div dir="${direction}">`,
    replyLine === '' ? '' : `<p style="color:#888;font-size:12px">${escaped(replyLine)}</p>`,
    paragraphs(text),
    signature === '' ? '' : `<p>-- <br>${lines(signature)}</p>`,
    token === null ? '' : `<div style="${UNSEEN}" aria-hidden="true">${markOf(token)}</div>`,
    '</div></body></html>',
  ];
  return { text: parts.join('\n\n'), html: html.join('\n') };
}

/** Each paragraph takes its own direction: a Persian mail may hold an English one. */
const paragraphs = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((paragraph) => `<p dir="auto">${lines(paragraph)}</p>`)
    .join('\n');

const URLS = /(https?:\/\/[^\s<>"'،؛]*[^\s<>"'،؛.,:!?؟)])/;

const lines = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      line
        .split(URLS)
        .map((part, at) => (at % 2 === 1 ? `<a href="${escaped(part)}">${escaped(part)}</a>` : escaped(part)))
        .join(''),
    )
    .join('<br>\n');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The mail's bytes. Reads no files and no addresses on the way. */
export function composed(plan: MailPlan, attachments: readonly LoadedAttachment[], date: Date): Promise<Buffer> {
  const mail = new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    messageId: `<${plan.messageId}>`,
    date,
    from: plan.from,
    to: [{ name: '', address: plan.to }],
    ...(plan.replyTo === undefined ? {} : { replyTo: { name: plan.from.name, address: plan.replyTo } }),
    subject: plan.subject,
    ...(plan.inReplyTo === undefined ? {} : { inReplyTo: `<${plan.inReplyTo}>` }),
    ...(plan.references.length === 0 ? {} : { references: plan.references.map((id) => `<${id}>`) }),
    headers: { ...plan.headers },
    text: plan.text,
    html: plan.html,
    attachments: attachments.map(({ name, mimeType, content }) => ({
      filename: name,
      content,
      ...(mimeType === undefined ? {} : { contentType: mimeType }),
    })),
  });
  return mail.compile().build();
}
