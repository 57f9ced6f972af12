import { type Mail, readMail } from './mail';
import {
  identify,
  looksUnique,
  messageIdOf,
  messageIdsIn,
  mintMessageId,
  normaliseMessageId,
  ourMessage,
} from './message-id';
import { threadOf, ticketIn } from './thread';
import {
  bounceTokenIn,
  markOf,
  mintBounceToken,
  mintThreadToken,
  tokenAddress,
  tokenIn,
  verifyBounceToken,
  verifyThreadToken,
  withoutMarks,
} from './thread-token';

const CONVERSATION = '0193a1b2-77aa-7000-8000-00000000abcd';

describe('Message-ID', () => {
  it.each([
    ['<Local.PART@Example.COM>', 'Local.PART@example.com'],
    ['  <a@b>  ', 'a@b'],
    ['a@B.example', 'a@b.example'],
    ['<no-domain>', 'no-domain'],
    ['<folded\r\n\t.1234@x.example>', 'folded.1234@x.example'],
    ['< >', undefined],
    ['', undefined],
    ['two words', undefined],
  ])('%j is %j', (raw, id) => expect(normaliseMessageId(raw)).toBe(id));

  it('of absurd length is kept as its digest', () => {
    expect(normaliseMessageId(`<${'x'.repeat(900)}@example.com>`)).toMatch(/^long-[0-9a-f]{32}$/);
  });

  it('references are read in order, once, the middle of very many left out', () => {
    expect(messageIdsIn('<a@x>\r\n\t<b@X> junk <a@x>')).toEqual(['a@x', 'b@x']);
    const many = Array.from({ length: 300 }, (_, n) => `<${n}@x>`).join(' ');
    const ids = messageIdsIn(many);
    expect(ids).toHaveLength(50);
    expect([ids[0], ids.at(-1)]).toEqual(['0@x', '299@x']);
  });

  it.each([
    ['CAK7x1a20Qm+4P=z@mail.gmail.com', true],
    ['20261120084202.17@example.com', true],
    ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6@example.org', true],
    ['kXyGzAbQwErTyUiOp==@protonmail.com', true],
    ['contact-form@shop.example', false],
    ['noreply@shop.example', false],
    ['1@localhost', false],
    ['no-at-sign', false],
  ])('%s was made to be unique: %s', (id, unique) => expect(looksUnique(id)).toBe(unique));

  it('the id behind an external id', () => {
    const reused = identify({
      messageId: 'form@shop.example',
      fromAddress: 'a@x',
      date: 'd',
      subject: '',
      body: Buffer.alloc(0),
    });
    expect(messageIdOf(reused.externalId)).toBe('form@shop.example');
    expect(messageIdOf('no-id.abc')).toBeUndefined();
    expect(messageIdOf('20261120084202.17@example.com')).toBe('20261120084202.17@example.com');
  });

  it('without one, the same bytes have the same identity, CRLF or LF', () => {
    const facts = { messageId: undefined, fromAddress: 'a@x', date: 'd', subject: 's' };
    const key = (body: string) => identify({ ...facts, body: Buffer.from(body) }).eventKey;
    expect(key('one\r\ntwo')).toBe(key('one\ntwo'));
    expect(key('one')).not.toBe(key('two'));
  });

  it('of our mails names the message', () => {
    const id = mintMessageId(CONVERSATION, 'Support@Shop.Example');
    expect(id).toBe(`out.${CONVERSATION}@shop.example`);
    expect(ourMessage(id)).toBe(CONVERSATION);
    expect(ourMessage('out.nobody@shop.example')).toBeUndefined();
  });
});

describe('thread token', () => {
  const token = mintThreadToken(CONVERSATION, 'key')!;
  it('names its conversation to who holds the key, in any case', () => {
    expect(token).toMatch(/^[a-z2-7]{26}\.[a-z2-7]{10}$/);
    expect(verifyThreadToken(token, 'key')).toBe(CONVERSATION);
    expect(verifyThreadToken(token.toUpperCase(), 'key')).toBe(CONVERSATION);
  });
  it.each([
    ['another key', token, 'other'],
    ['no key', token, ''],
    ['a changed conversation', `b${token.slice(1)}`, 'key'],
    ['a changed signature', `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`, 'key'],
    ['a short one', token.slice(0, -1), 'key'],
    ['nothing', '', 'key'],
  ])('is refused with %s', (_, given, key) => expect(verifyThreadToken(given, key)).toBeNull());
  it('is not made of what is no conversation', () => {
    expect(mintThreadToken('12', 'key')).toBeNull();
    expect(mintThreadToken(CONVERSATION, '')).toBeNull();
  });
  it('fits into an address, or stays out', () => {
    const address = tokenAddress('support@shop.example', token);
    expect(address).toBe(`support+t-${token}@shop.example`);
    expect(tokenIn(address.toUpperCase())).toBe(token);
    expect(tokenAddress(`${'x'.repeat(40)}@shop.example`, token)).toBe(`${'x'.repeat(40)}@shop.example`);
  });
});

describe('thread', () => {
  const read = (head: string): Promise<Mail> => readMail(Buffer.from(`${head}\n\nx`));
  const thread = async (head: string) => {
    const mail = await read(head);
    const messageId = normaliseMessageId(mail.header('message-id') ?? '');
    return threadOf(mail, identify({ messageId, fromAddress: '', date: '', subject: '', body: Buffer.alloc(0) }));
  };
  it.each([
    ['a first mail is its own', 'Message-ID: <own12345@x.example>', 'mail:own12345@x.example', []],
    [
      'the first of its references',
      'Message-ID: <own12345@x.example>\nReferences: <root1234@x.example> <mid12345@x.example>\nIn-Reply-To: <mid12345@x.example>',
      'mail:root1234@x.example',
      ['mail:mid12345@x.example', 'mail:own12345@x.example'],
    ],
    [
      'what it answers, without references',
      'Message-ID: <own12345@x.example>\nIn-Reply-To: Your message <mid12345@x.example>',
      'mail:mid12345@x.example',
      ['mail:own12345@x.example'],
    ],
    [
      'nothing a form shares among all its mails',
      'Message-ID: <own12345@x.example>\nReferences: <contact-form@x.example>',
      'mail:own12345@x.example',
      [],
    ],
  ])('%s', async (_, head, threadKey, aliases) => {
    expect(await thread(head)).toMatchObject({ threadKey, aliases });
  });

  it.each(['Delivered-To', 'X-Original-To', 'Envelope-To', 'To', 'Cc'])('a token in %s comes first', async (name) => {
    const token = mintThreadToken(CONVERSATION, 'key')!;
    const { aliases } = await thread(
      `Message-ID: <own12345@x.example>\n${name}: <support+t-${token}@shop.example>\nReferences: <root1234@x.example>`,
    );
    expect(aliases[0]).toBe(`token:${token}`);
  });

  it.each([
    ['Re: order [#12045]', 12045],
    ['پاسخ: سفارش [#۱۲۰۴۵]', 12045],
    ['[#٤٢]', 42],
    ['order #12045', undefined],
    ['[#0]', undefined],
    ['[#99999999999999]', undefined],
  ])('the ticket in %j is %j', (subject, number) => expect(ticketIn(subject)).toBe(number));
});

describe('a mark in what a mail quotes', () => {
  const token = mintThreadToken(CONVERSATION, 'key')!;
  const written = (body: string, type = 'text/html') =>
    readMail(Buffer.from(`Message-ID: <own12345@x.example>\nContent-Type: ${type}; charset=utf-8\n\n${body}`));
  const aliases = async (body: string, type?: string) => {
    const mail = await written(body, type);
    const facts = { messageId: 'own12345@x.example', fromAddress: '', date: '', subject: '', body: Buffer.alloc(0) };
    return threadOf(mail, identify(facts)).aliases.filter((alias) => alias.startsWith('quoted:'));
  };

  it.each([
    ['in HTML', `<p>ok</p><blockquote><div style="display:none">${markOf(token)}</div></blockquote>`, 'text/html'],
    ['in capitals', `<p>ok</p>${markOf(token).toUpperCase().replace('#T-', '#t-')}`, 'text/html'],
    ['in a text', `ok\n> our words\n> ${markOf(token)}`, 'text/plain'],
    ['twice', `ok ${markOf(token)} ${markOf(token)}`, 'text/plain'],
  ])('%s names the conversation, once', async (_, body, type) =>
    expect(await aliases(body, type)).toEqual([`quoted:${token}`]),
  );

  it.each(['{#t-short.token#}', '{#t-#}', `{#x-${token}#}`, token])('%s is none', async (body) =>
    expect(await aliases(body, 'text/plain')).toEqual([]),
  );

  it('is not shown, and very many name few', async () => {
    expect((await written(`ok ${markOf(token)} there`, 'text/plain')).text.trim()).toBe('ok  there');
    const many = Array.from({ length: 30 }, (_, n) =>
      markOf(mintThreadToken(CONVERSATION.slice(0, -2) + (10 + n), 'key')!),
    );
    const { tokens, text } = withoutMarks(many.join(' '));
    expect([tokens.length, text.trim()]).toEqual([5, '']);
  });
});

describe('a bounce address', () => {
  const token = mintBounceToken(CONVERSATION, 'key')!;
  it('names its message to who holds the key, and is good for nothing else', () => {
    const address = tokenAddress('support@shop.example', token, 'b');
    expect(verifyBounceToken(bounceTokenIn(address.toUpperCase())!, 'key')).toBe(CONVERSATION);
    expect(verifyBounceToken(token, 'other')).toBeNull();
    expect(tokenIn(address)).toBeUndefined();
    expect(verifyThreadToken(token, 'key')).toBeNull();
    expect(verifyBounceToken(mintThreadToken(CONVERSATION, 'key')!, 'key')).toBeNull();
  });
});
