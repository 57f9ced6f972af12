import type { ThreadCapabilities } from '../../capabilities';
import type { CredentialField } from '../../credentials';

/** youtube.md: comments under videos, no direct messages; 10,000 characters is the reference's [M]. */
export const YOUTUBE_CAPABILITIES: Record<'comment', ThreadCapabilities> = {
  comment: {
    reply: ['public'],
    textLimit: { max: 10_000, unit: 'characters' },
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    // `delete` rejects what others wrote: it cannot be published again, and the answers under it vanish with it.
    moderation: ['hide', 'unhide', 'delete', 'block'],
    attachments: [],
    botMayReply: false, // in public the brand speaks through people; the bot's answer is offered to the agent
    reads: ['edits', 'deletes', 'visibility'],
    editSentMs: null,
  },
};

export const YOUTUBE_CREDENTIALS: readonly CredentialField[] = [
  {
    name: 'accessToken',
    required: true,
    help: {
      fa: 'توکن صاحب کانال (یک ساعت، خودبه‌خود تازه می‌شود).',
      en: 'Token of the channel’s owner (one hour, renewed by itself).',
    },
  },
  {
    name: 'refreshToken',
    required: true,
    help: {
      fa: 'توکن دسترسی را تازه می‌کند. برنامه‌های آزمایشی پس از ۷ روز آن را از دست می‌دهند.',
      en: 'Renews the access token. Apps in testing lose it after 7 days.',
    },
  },
  {
    name: 'clientId',
    required: true,
    help: { fa: 'شناسهٔ کلاینت پروژهٔ گوگل شما.', en: 'Client id of your Google project.' },
  },
  {
    name: 'clientSecret',
    required: true,
    help: { fa: 'رمز کلاینت پروژهٔ گوگل شما.', en: 'Client secret of your Google project.' },
  },
  {
    name: 'accessTokenExpiresAt',
    required: false,
    help: { fa: 'زمان پایان توکن دسترسی، ISO 8601.', en: 'When the access token ends, ISO 8601.' },
  },
  {
    name: 'refreshTokenExpiresAt',
    required: false,
    help: { fa: 'زمان پایان توکن تازه‌سازی، ISO 8601.', en: 'When the refresh token ends, ISO 8601.' },
  },
];
