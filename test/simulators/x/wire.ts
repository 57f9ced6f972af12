import { createHmac } from 'node:crypto';

/** The bytes X puts on the wire: one line of JSON in UTF-8. */
export const xBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? 'null', 'utf8');

/** The value of `x-twitter-webhooks-signature`, and of `response_token` when the message is a challenge. */
export const xSignature = (secret: string, message: Buffer | string): string =>
  `sha256=${createHmac('sha256', secret).update(message).digest('base64')}`;
