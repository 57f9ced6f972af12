import { domainToASCII } from 'node:url';
import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage } from '../../sending';
import { planMail } from './compose';
import { addressed } from './email.send';
import { checkEmailSettings, readSettings } from './email.settings';
import { mailboxFailure } from './imap.client';
import { nobodyThere, outcomeOf } from './smtp.errors';
import { verifyThreadToken } from './thread-token';
import { REPLY_LINE } from './visible-text';

const CONVERSATION = '0193a1b2-77aa-7000-8000-00000000abcd';
const MESSAGE = '0193a1b2-77aa-7000-8000-000000000001';

const settings = (more: object = {}) => {
  const channel: Pick<ConnectedChannel, 'externalId' | 'settings'> = {
    externalId: 'Support@Shop.example',
    settings: { smtpHost: 'smtp.shop.example', displayName: 'پشتیبانی', ...more },
  };
  return readSettings(channel);
};

const message = (more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: MESSAGE,
  threadKind: 'dm',
  visibility: 'private',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: 'negar@example.com',
  window: 'standard',
  author: 'agent',
  thread: { conversationId: CONVERSATION, ticketNumber: 12045, subject: 'سفارش', externalIds: [] },
  ...more,
});
const thread = (more: object) => message({ thread: { conversationId: CONVERSATION, externalIds: [], ...more } });
const plan = (sent = message(), more: object = {}) =>
  planMail(sent, { from: 'support@shop.example', to: 'negar@example.com' }, settings(more), 'key');

it.each([
  ['refused at once', 'recipient_not_found', true],
  ['no such mailbox', '5.1.1', true],
  ['a mailbox that was closed', '5.2.1', true],
  ['a bounce that says nothing more', '5.0.0', true],
  ['a domain nobody serves', '5.4.4', true],
  ['a full mailbox', '5.2.2', false],
  ['too large', '5.3.4', false],
  ['our reputation', '5.7.1', false],
  ['our own address', '5.1.8', false],
  ['our routing', '5.4.6', false],
  ['our commands', '5.5.4', false],
  ['no code of a mailbox', '5.1.12', false],
  ['given up after days', '4.4.7', false],
  ['a code of ours', 'policy_refused', false],
])('%s: whether there is nobody', (_, code, nobody) => expect(nobodyThere(code)).toBe(nobody));

describe('a mail', () => {
  it('keeps its Message-ID however often it is sent', () => {
    expect(plan().messageId).toBe(`out.${MESSAGE}@shop.example`);
    expect(plan()).toEqual(plan());
  });

  it('is answered to an address that finds the conversation', () => {
    const token = /^support\+t-(.+)@shop\.example$/.exec(plan().replyTo ?? '')?.[1] ?? '';
    expect(verifyThreadToken(token, 'key')).toBe(CONVERSATION);
    expect(plan(message(), { plusAddressing: false }).replyTo).toBeUndefined();
    expect(plan(message({ thread: undefined })).replyTo).toBeUndefined();
  });

  it('names what came before it, the artificial and the guarded ids as far as they are real', () => {
    const externalIds = ['root1@x', 'no-id.12', 'form@shop.example#0123456789ab', 'last1@x'];
    expect(plan(thread({ externalIds }))).toMatchObject({
      inReplyTo: 'last1@x',
      references: ['root1@x', 'form@shop.example', 'last1@x'],
    });
    expect(plan({ ...thread({ externalIds }), replyToExternalId: 'root1@x' })).toMatchObject({
      inReplyTo: 'root1@x',
      references: ['form@shop.example', 'last1@x', 'root1@x'],
    });
  });

  it.each([
    ['سفارش', 12045, 'Re: سفارش [#12045]'],
    ['Re: re: order', 7, 'Re: order [#7]'],
    ['پاسخ: سفارش [#۱۲۰۴۵]', 12045, 'Re: سفارش [#۱۲۰۴۵]'],
    ['two\r\nBcc: evil@x.example', undefined, 'Re: two Bcc: evil@x.example'],
    ['', undefined, 'پاسخ به درخواست شما'],
  ])('subject %j with ticket %j becomes %j', (subject, ticketNumber, becomes) => {
    expect(plan(thread({ subject, ticketNumber })).subject).toBe(becomes);
  });

  it('says that a machine wrote it, when one did', () => {
    expect(plan(message({ author: 'bot' })).headers).toMatchObject({
      'auto-submitted': 'auto-replied',
      'x-auto-response-suppress': 'DR, RN, OOF, AutoReply',
    });
    expect(Object.keys(plan().headers)).toEqual(['x-pasokh-loop', 'x-pasokh-message']);
  });

  it('carries the words unchanged, as text and as HTML that nothing escapes from', () => {
    const { text, html } = plan(message({ text: 'می‌شود؟\n\n<b>"x" & y</b> https://shop.example/a?b=1&c=2' }), {
      signature: 'تیم ما',
    });
    expect(text).toBe(`${REPLY_LINE}\n\nمی‌شود؟\n\n<b>"x" & y</b> https://shop.example/a?b=1&c=2\n\n-- \nتیم ما`);
    expect(html).toContain('<div dir="rtl">');
    expect(html).toContain('&lt;b&gt;&quot;x&quot; &amp; y&lt;/b&gt;');
    expect(html).toContain('<a href="https://shop.example/a?b=1&amp;c=2">');
    expect(plan(message(), { replyLine: '' }).text).toBe(message().text);
  });
});

describe('not even tried', () => {
  it.each([
    ['in public', { visibility: 'public' as const }, 'capability_missing'],
    ['under a post', { threadKind: 'comment' as const }, 'capability_missing'],
    ['to nobody', { recipientExternalId: 'no-address:12' }, 'recipient_invalid'],
    [
      'with a second recipient hidden in the first',
      { recipientExternalId: 'a@x.example,b@x.example' },
      'recipient_invalid',
    ],
    ['with a header hidden in it', { recipientExternalId: 'a@x.example\r\nBcc: b@x.example' }, 'recipient_invalid'],
    ['to ourselves under a token', { recipientExternalId: 'support+t-x@shop.example' }, 'own_address'],
    ['to ourselves', { recipientExternalId: 'SUPPORT@shop.example' }, 'own_address'],
    ['empty', { text: '' }, 'empty'],
    ['too long', { text: 'م'.repeat(100_001) }, 'text_too_long'],
  ])('%s', (_, more, code) => expect(addressed(settings(), message(more))).toMatchObject({ status: 'failed', code }));
  it('a good one is', () => {
    const good = message({ text: 'م'.repeat(100_000), recipientExternalId: 'Negar@نامه.example' });
    const to = `negar@${domainToASCII('نامه.example')}`;
    expect(addressed(settings(), good)).toEqual({ from: 'support@shop.example', to });
  });
});

describe('what the server said means', () => {
  const refused = (code: number, enhanced?: string, command = 'RCPT TO') =>
    outcomeOf({ status: 'refused', code, enhanced, command });
  it.each([
    [450, undefined, { status: 'retry', code: 'smtp_450' }],
    [451, '4.7.1', { status: 'retry', code: 'smtp_451' }],
    [452, '4.2.2', { status: 'retry' }],
    [421, undefined, { status: 'retry', scope: 'channel', afterMs: 60_000 }],
    [452, '4.7.28', { status: 'retry', scope: 'channel' }],
    [454, '4.7.0', { status: 'reconnect' }],
    [530, undefined, { status: 'reconnect' }],
    [534, '5.7.9', { status: 'reconnect' }],
    [535, '5.7.8', { status: 'reconnect' }],
    [550, '5.1.1', { status: 'failed', code: 'recipient_not_found', fix: 'none' }],
    [550, undefined, { status: 'failed', code: 'recipient_not_found' }],
    [551, undefined, { status: 'failed', code: 'recipient_not_found' }],
    [553, undefined, { status: 'failed', code: 'recipient_not_found' }],
    [550, '5.7.26', { status: 'failed', code: 'policy_refused', fix: 'admin' }],
    [554, '5.7.1', { status: 'failed', code: 'policy_refused', fix: 'admin' }],
    [552, '5.3.4', { status: 'failed', code: 'too_large', fix: 'agent' }],
    [552, '5.2.2', { status: 'failed', code: 'mailbox_full', fix: 'none' }],
    [503, undefined, { status: 'retry' }],
    [599, undefined, { status: 'failed', code: 'smtp_599', fix: 'admin' }],
  ])('%s %s', (code, enhanced, outcome) => expect(refused(code, enhanced)).toMatchObject(outcome));

  it('greylisting is about one mail, not about the channel', () => {
    expect(refused(451, '4.7.1')).not.toHaveProperty('scope');
    expect(refused(450)).not.toHaveProperty('scope');
  });

  it('a sender that may not write is for an admin', () => {
    expect(refused(550, undefined, 'MAIL FROM')).toMatchObject({ code: 'sender_refused', fix: 'admin' });
  });

  it.each([
    ['ECONNECTION', false, { status: 'retry', scope: 'channel' }],
    ['ETIMEDOUT', false, { status: 'retry' }],
    ['ETLS', false, { status: 'retry', code: 'tls_failed' }],
    ['ECONNECTION', true, { status: 'unknown' }],
    ['ETIMEDOUT', true, { status: 'unknown' }],
    ['EAUTH', false, { status: 'reconnect' }],
    ['EMESSAGE', false, { status: 'failed', code: 'too_large' }],
    ['EENVELOPE', false, { status: 'failed', code: 'recipient_invalid' }],
  ])('%s, the mail on its way: %s', (code, began, outcome) => {
    expect(outcomeOf({ status: 'broke', code, began })).toMatchObject(outcome);
  });
});

describe('a mailbox that cannot be read', () => {
  it.each([
    ['a refused login', { authenticationFailed: true, serverResponseCode: 'AUTHENTICATIONFAILED' }, 'reconnect'],
    ['a refused login without a code', { authenticationFailed: true, responseStatus: 'NO' }, 'reconnect'],
    ['a busy server', { authenticationFailed: true, serverResponseCode: 'UNAVAILABLE' }, 'retry'],
    ['a login that broke off', { authenticationFailed: true, code: 'NoConnection' }, 'retry'],
    ['a folder that is not there', { responseStatus: 'NO', executedCommand: 'A4 EXAMINE Nowhere' }, 'refused'],
    ['a certificate of nobody', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'refused'],
    ['no encryption', { tlsFailed: true }, 'refused'],
    ['a timeout', { code: 'ETIMEOUT' }, 'retry'],
    ['anything else', null, 'retry'],
  ])('%s', (_, error, status) => expect(mailboxFailure(error)).toMatchObject({ status }));
});

describe('settings', () => {
  const wrong = (given: object) => checkEmailSettings('email', { ...given }).map(({ path }) => path);
  it.each([
    ['enough for both ways', { imapHost: 'imap.shop.example', smtpHost: 'smtp.shop.example' }, []],
    ['no server at all', {}, ['smtpHost']],
    ['an address that is none', { smtpHost: 'h', address: 'support' }, ['address']],
    ['addresses that are no list', { smtpHost: 'h', addresses: 'a@x.example' }, ['addresses']],
    ['a URL for a host', { imapHost: 'https://imap.shop.example' }, ['imapHost']],
    ['a port out of range', { smtpHost: 'h', smtpPort: 70_000 }, ['smtpPort']],
    ['no TLS to elsewhere', { imapHost: 'imap.shop.example', allowInsecure: true }, ['allowInsecure']],
    ['no TLS to this machine', { imapHost: '127.0.0.1', allowInsecure: true }, []],
    ['a day that is none', { smtpHost: 'h', importSince: 'soon' }, ['importSince']],
    ['copies to no folder', { smtpHost: 'h', appendSent: true }, ['sentFolder']],
    ['tokens in the clear', { smtpHost: 'h', tokenUrl: 'http://token.example' }, ['tokenUrl']],
  ])('%s', (_, given, paths) => expect(wrong(given)).toEqual(paths));

  it('TLS is given up for this machine only, whatever the settings say', () => {
    expect(settings({ allowInsecure: true }).insecure).toBe(false);
    expect(settings({ allowInsecure: true, smtpHost: 'localhost' }).insecure).toBe(true);
  });

  it('any value reads as something', () => {
    expect(
      readSettings({ externalId: 'x', settings: { imapHost: 4, addresses: [null, 'A@x.example'], replyLine: 1 } }),
    ).toMatchObject({
      address: undefined,
      imap: undefined,
      own: ['a@x.example'],
      replyLine: REPLY_LINE,
    });
  });
});
