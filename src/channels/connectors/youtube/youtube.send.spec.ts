import type { ModerationAction } from '../../capabilities';
import type { ConnectedChannel } from '../../channel';
import type { OutboundMessage } from '../../sending';
import { moderationCall, planSend } from './youtube.send';
import { checkYouTubeSettings, YOUTUBE_SETTINGS, youTubeSettings } from './youtube.settings';

const channel = (settings: object = {}): ConnectedChannel => ({
  id: '1',
  workspaceId: 'harbour',
  kind: 'youtube',
  externalId: 'UCinventedSibsorkh000000',
  settings: { ...settings },
});
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'comment',
  visibility: 'public',
  text: 'می‌رسد 🚚',
  attachments: [],
  recipientExternalId: 'UCx',
  window: 'standard',
  author: 'agent',
  ...over,
});

it.each<[string, Partial<OutboundMessage>, string]>([
  ['to a top comment', { replyToExternalId: 'UgxTop1' }, 'UgxTop1'],
  [
    'to an answer, whose top comment is told',
    { replyToExternalId: 'UgxTop1.r1', replyToParentExternalId: 'UgxTop1' },
    'UgxTop1',
  ],
  ['to an answer, whose top comment is not', { replyToExternalId: 'UgxTop1.r1' }, 'UgxTop1'],
])('a reply %s', (_, over, parentId) =>
  expect(planSend(channel(), message(over))).toEqual({
    method: 'POST',
    path: 'comments',
    query: { part: 'snippet' },
    body: { snippet: { parentId, textOriginal: 'می‌رسد 🚚' } },
  }),
);

it('a comment of its own goes under the video', () =>
  expect(planSend(channel(), message({ postExternalId: 'dQinvented0' }))).toMatchObject({
    path: 'commentThreads',
    body: { snippet: { videoId: 'dQinvented0', topLevelComment: { snippet: { textOriginal: 'می‌رسد 🚚' } } } },
  }));

it.each<[string, Partial<OutboundMessage>, string]>([
  ['a direct message', { threadKind: 'dm', visibility: 'private' }, 'capability_missing'],
  ['an attachment', { attachments: [{ kind: 'image', url: 'https://x' }] }, 'attachment_refused'],
  ['nothing', { text: ' \n ' }, 'empty'],
  ['10,001 letters', { text: '🍎'.repeat(10_001), replyToExternalId: 'U' }, 'text_too_long'],
  ['without a place', {}, 'no_target'],
])('%s is refused', (_, over, code) =>
  expect(planSend(channel(), message(over))).toMatchObject({ status: 'failed', code }),
);

it('10,000 letters outside the BMP are taken', () =>
  expect(planSend(channel(), message({ text: '🍎'.repeat(10_000), replyToExternalId: 'U' }))).toHaveProperty(
    'path',
    'comments',
  ));

it.each<[ModerationAction, string | undefined, object]>([
  ['hide', 'UCx', { path: 'comments/setModerationStatus', query: { id: 'c', moderationStatus: 'heldForReview' } }],
  ['unhide', 'UCx', { query: { id: 'c', moderationStatus: 'published' } }],
  ['delete', 'UCx', { query: { id: 'c', moderationStatus: 'rejected' } }],
  ['delete', undefined, { query: { id: 'c', moderationStatus: 'rejected' } }],
  ['delete', 'UCinventedSibsorkh000000', { method: 'DELETE', path: 'comments', query: { id: 'c' } }],
  ['block', 'UCx', { query: { id: 'c', moderationStatus: 'rejected', banAuthor: 'true' } }],
  ['like', 'UCx', { status: 'failed', code: 'capability_missing' }],
  ['unblock', 'UCx', { status: 'failed', code: 'capability_missing' }],
])('%s of what %s wrote', (action, authorExternalId, expected) => {
  const author = authorExternalId === undefined ? {} : { authorExternalId };
  const target = { messageExternalId: 'c', threadKind: 'comment' as const, ...author };
  expect(moderationCall(channel(), action, target)).toMatchObject(expected);
});

describe('settings', () => {
  it('share the quota among answering, polling and the past', () => {
    expect(youTubeSettings({})).toMatchObject({ pollBudget: 3000, backfillBudget: 2000, pollMs: 300_000 });
    expect(youTubeSettings({ dailyQuota: 50_000, answerShare: 20, backfillShare: 10 })).toMatchObject({
      pollBudget: 35_000,
      backfillBudget: 5000,
    });
    expect(youTubeSettings({ heldLists: ['heldForReview', 'x'] }).heldLists).toEqual(['heldForReview']);
  });

  it('are checked, and their own defaults pass', () => {
    const defaults = Object.fromEntries(YOUTUBE_SETTINGS.map((field) => [field.name, field.default]));
    expect(checkYouTubeSettings(defaults)).toEqual([]);
    const wrong = checkYouTubeSettings({ pollMinutes: 0, heldLists: ['x'], answerShare: 90 });
    expect(wrong.map(({ path }) => path)).toEqual(['pollMinutes', 'heldLists', 'answerShare']);
  });

  it.each([
    ['minutes', 7, 420_000],
    ['a part of one, for whoever has the quota', 0.05, 3_000],
    ['less than can be read, which is not taken', 0.01, 300_000],
    ['no number, which is not taken', 'often', 300_000],
  ])('polls follow each other after %s', (_, pollMinutes, expected) => {
    expect(youTubeSettings({ pollMinutes }).pollMs).toBe(expected);
    expect(checkYouTubeSettings({ pollMinutes })).toHaveLength(
      youTubeSettings({ pollMinutes }).pollMs === 300_000 ? 1 : 0,
    );
  });
});
