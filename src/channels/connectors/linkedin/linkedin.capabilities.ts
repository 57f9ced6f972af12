import type { ChannelCapabilities, CredentialField } from '../../connector';

/** linkedin.md: comments of organization pages only, no direct messages; 1,250 characters is the reference's [M]. */
export const LINKEDIN_CAPABILITIES: ChannelCapabilities = {
  comment: {
    reply: ['public'],
    textLimit: { max: 1250, unit: 'characters' },
    replyWindowMs: null,
    humanWindowMs: null,
    privateReply: null,
    moderation: ['delete'],
    attachments: [],
    botMayReply: false, // in public the brand speaks through people; the bot's answer is offered to the agent
    reads: ['edits', 'deletes', 'reactions'],
    editSentMs: null,
  },
};

export const LINKEDIN_CREDENTIALS: readonly CredentialField[] = [
  { name: 'accessToken', required: true, help: 'Token of a page administrator (60 days).' },
  { name: 'appSecret', required: true, help: 'Client secret of the LinkedIn app: signs webhooks and the challenge.' },
  { name: 'clientId', required: false, help: 'Client id of the LinkedIn app, for renewing and checking the token.' },
  { name: 'refreshToken', required: false, help: 'Renews the access token (365 days, approved apps only).' },
  { name: 'accessTokenExpiresAt', required: false, help: 'When the access token ends, ISO 8601.' },
  { name: 'refreshTokenExpiresAt', required: false, help: 'When the refresh token ends, ISO 8601.' },
];
