import MailComposer from 'nodemailer/lib/mail-composer';

/** A mail as a person's mail program writes it. */
export interface Letter {
  from: { name: string; address: string };
  to: string;
  cc?: readonly string[];
  subject: string;
  text: string;
  html?: string;
  messageId: string;
  inReplyTo?: string;
  references?: readonly string[];
  date: Date;
  headers?: Readonly<Record<string, string>>;
  attachments?: readonly { name: string; mimeType: string; base64: string; cid?: string }[];
}

export function letterBytes(letter: Letter): Promise<Buffer> {
  const { attachments = [], messageId, inReplyTo, references, from, headers, cc, ...rest } = letter;
  const mail = new MailComposer({
    ...rest,
    from,
    ...(cc ? { cc: [...cc] } : {}),
    messageId: `<${messageId}>`,
    ...(inReplyTo === undefined ? {} : { inReplyTo: `<${inReplyTo}>` }),
    ...(references ? { references: references.map((id) => `<${id}>`) } : {}),
    headers: { ...headers },
    attachments: attachments.map(({ name, mimeType, base64, cid }) => ({
      filename: name,
      contentType: mimeType,
      content: Buffer.from(base64, 'base64'),
      ...(cid === undefined ? {} : { cid }),
    })),
  });
  return mail.compile().build();
}

/** What a mail server sends back when it could not deliver (RFC 3464). */
export function bounceBytes(facts: {
  to: string;
  recipient: string;
  originalId: string;
  action: 'failed' | 'delayed' | 'delivered';
  status: string;
  diagnostic: string;
  messageId: string;
  date: Date;
}): Buffer {
  const { to, recipient, originalId, action, status, diagnostic, messageId, date } = facts;
  return Buffer.from(
    [
      'Return-Path: <>',
      'From: Mail Delivery Subsystem <mailer-daemon@mx.example.net>',
      `To: <${to}>`,
      `Message-ID: <${messageId}>`,
      `Date: ${date.toUTCString()}`,
      'Subject: Delivery Status Notification',
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"',
      '',
      '--dsn',
      'Content-Type: text/plain',
      '',
      'This is the mail system.',
      '--dsn',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.net',
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${diagnostic}`,
      '',
      '--dsn',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${originalId}>`,
      '',
      '--dsn--',
      '',
    ].join('\r\n'),
  );
}

/** The person's program tells that a mail was opened (RFC 8098). */
export function readReceiptBytes(facts: {
  from: string;
  to: string;
  originalId: string;
  messageId: string;
  date: Date;
}): Buffer {
  const { from, to, originalId, messageId, date } = facts;
  return Buffer.from(
    [
      `From: <${from}>`,
      `To: <${to}>`,
      `Message-ID: <${messageId}>`,
      `Date: ${date.toUTCString()}`,
      'Subject: Read',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=disposition-notification; boundary="mdn"',
      '',
      '--mdn',
      'Content-Type: text/plain',
      '',
      'The mail was read.',
      '--mdn',
      'Content-Type: message/disposition-notification',
      '',
      `Final-Recipient: rfc822; ${from}`,
      `Original-Message-ID: <${originalId}>`,
      'Disposition: manual-action/MDN-sent-manually; displayed',
      '--mdn--',
      '',
    ].join('\r\n'),
  );
}
