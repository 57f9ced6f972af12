import type { InboundAuthor, InboundEvent, InboundMessage } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { contentHash, instant, integer, type JsonRecord, record, string } from '../json';
import { senderVerified } from './authentication-results';
import { automatic, OUR_HEADER } from './automatic';
import { type Report, reportOf } from './delivery-report';
import { readSettings } from './email.settings';
import { type Mail, type MailPerson, normaliseAddress, readMail } from './mail';
import { baseOf, messageOf, type Place, type Reading, withoutTag } from './mail-message';
import { identify, mintMessageId, normaliseMessageId, ourMessage } from './message-id';
import { returnedMessage, threadOf, withoutSubject } from './thread';

/**
 * Reads `{mime, uid?, uidValidity?, internalDate?, mailbox?, leftThere?}`, `mime` in base64: what IMAP and the hook both
 * give. One mail is one event, known by the mail alone however it came.
 */
export async function parseEmail(body: unknown, { channel }: ParseContext): Promise<InboundEvent[]> {
  const accountId = channel?.externalId ?? '';
  const delivery = record(body);
  const mime = delivery && mimeOf(delivery);
  if (!mime) {
    const eventKey = `mail:odd:${contentHash(body)}`;
    return [{ type: 'unsupported', kind: 'not_a_mail', accountId, eventKey, threadKey: eventKey, threadKind: 'dm' }];
  }
  const mail = await readMail(mime);
  const identity = identify({
    messageId: normaliseMessageId(mail.header('message-id') ?? ''),
    fromAddress: mail.from[0]?.address ?? '',
    date: mail.header('date') ?? '',
    subject: mail.subject,
    body: mail.body,
  });
  const settings = readSettings(channel ?? { externalId: '', settings: {} });
  const returned = returnedMessage(mail, channel?.tokenKey ?? '');
  return [
    eventOf({
      mail,
      identity,
      thread: threadOf(mail, identity),
      settings,
      accountId,
      place: placeOf(delivery),
      occurredAt: instant(delivery['internalDate'], receivedAt(mail), mail.header('date')),
      leftThere: integer(delivery['leftThere']),
      returned: returned && mintMessageId(returned, settings.address ?? ''),
    }),
  ];
}

function mimeOf(delivery: JsonRecord): Buffer | undefined {
  const mime = Object.hasOwn(delivery, 'mime') ? delivery['mime'] : undefined;
  const bytes = typeof mime === 'string' ? Buffer.from(mime, 'base64') : undefined;
  return bytes && bytes.length > 0 ? bytes : undefined;
}

function placeOf(delivery: JsonRecord): Place | undefined {
  const uid = integer(delivery['uid']);
  const uidValidity = string(delivery['uidValidity']);
  if (uid === undefined || uidValidity === undefined) return undefined;
  return { uid, uidValidity, mailbox: string(delivery['mailbox']) ?? 'INBOX' };
}

/** When our own server took it in: what stands after the last `;` of its topmost `Received`. */
const receivedAt = (mail: Mail): string | undefined => mail.header('received')?.split(';').at(-1)?.trim();

function eventOf(reading: Reading): InboundEvent {
  const { returned } = reading;
  const report = reportOf(reading.mail, returned);
  if (report) return reportEvent(reading, report);
  const { mail, settings } = reading;
  const [sender] = mail.from;
  const isOurs = ({ address }: MailPerson) => settings.own.includes(withoutTag(address));
  if (!sender || !isOurs(sender)) return incoming(reading, sender);
  // A form of our own site writes as us and names the customer as the one to answer.
  const customer = mail.replyTo.find((person) => !isOurs(person));
  if (customer) return incoming(reading, customer);
  const recipient = [...mail.to, ...mail.cc].find((person) => !isOurs(person));
  return ownCopy(reading, sender, recipient);
}

function reportEvent(reading: Reading, report: Report): InboundEvent {
  if (report.status === 'delayed')
    return { ...baseOf(reading), type: 'ignored', reason: 'A mail server is still trying to deliver our message.' };
  const error = report.status === 'failed' ? { code: report.code, message: report.message } : undefined;
  const { status, about } = report;
  return { ...baseOf(reading), type: 'receipt', status, externalIds: [about], ...(error ? { error } : {}) };
}

const NO_REPLY = /^(?:no|do[-_.]?not)[-_.]?reply\b/;

function incoming(reading: Reading, sender: MailPerson | undefined): InboundMessage {
  const { mail, settings } = reading;
  const [from] = mail.from;
  // Forms of other services write as nobody and name the customer as the one to answer.
  const person = (sender && NO_REPLY.test(sender.address) ? mail.replyTo[0] : undefined) ?? sender;
  const viaForm = person !== undefined && person.address !== from?.address;
  const machine = automatic(mail);
  const silent = machine !== undefined && !machine.mayOpenWork;
  const author = authorOf(person, reading);
  const verifiedSender =
    !viaForm &&
    mail.from.length === 1 &&
    senderVerified(mail.all('authentication-results'), settings.authservId, from?.address);
  const thread = verifiedSender ? reading.thread : withoutSubject(reading.thread);
  return messageOf(
    { ...reading, thread },
    {
      direction: 'in',
      author,
      contact: author,
      subtype: silent ? 'auto_reply' : undefined,
      opensWork: silent ? false : undefined,
      meta: {
        verifiedSender,
        ...(viaForm && from ? { via: from.address } : {}),
        ...(machine ? { auto: true, autoReason: machine.reason } : {}),
      },
    },
  );
}

function authorOf(person: MailPerson | undefined, { mail, identity }: Reading): InboundAuthor {
  const { address, name } = person ?? { address: returnPath(mail), name: undefined };
  if (address === undefined) return { externalId: `no-address:${contentHash(identity.eventKey)}` };
  return { externalId: address, ...(name === undefined ? {} : { name }), email: address };
}

const returnPath = (mail: Mail): string | undefined =>
  normaliseAddress((mail.header('return-path') ?? '').replaceAll(/[<>]/g, ''));

/** A copy of what we wrote, by us or by a mail program of the same address. */
function ownCopy(reading: Reading, sender: MailPerson, recipient: MailPerson | undefined): InboundEvent {
  const { mail, settings, identity } = reading;
  if (!recipient) return { ...baseOf(reading), type: 'ignored', reason: 'own_mail_to_ourselves' };
  const results = mail.all('authentication-results');
  // Anybody can write our address above a mail; where our server checks senders, it must vouch for this one too.
  const checked = settings.authservId !== undefined && results.length > 0;
  if (checked && !senderVerified(results, settings.authservId, sender.address))
    return { ...baseOf(reading), type: 'ignored', reason: 'our_address_without_proof' };
  return messageOf(reading, {
    direction: 'out',
    author: authorOf(sender, reading),
    contact: authorOf(recipient, reading),
    outboundMessageId: ourMessage(`out.${mail.header(OUR_HEADER) ?? ''}`) ?? ourMessage(identity.externalId),
    meta: {},
  });
}
