import type { ChannelCapabilities, CredentialField } from '../../connector';

/** youtube.md: comments under videos, no direct messages; 10,000 characters is the reference's [M]. */
export const YOUTUBE_CAPABILITIES: ChannelCapabilities = {
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
  { name: 'accessToken', required: true, help: 'Token of the channel’s owner (one hour, renewed by itself).' },
  { name: 'refreshToken', required: true, help: 'Renews the access token. Apps in testing lose it after 7 days.' },
  { name: 'clientId', required: true, help: 'Client id of your Google project.' },
  { name: 'clientSecret', required: true, help: 'Client secret of your Google project.' },
  { name: 'accessTokenExpiresAt', required: false, help: 'When the access token ends, ISO 8601.' },
];
