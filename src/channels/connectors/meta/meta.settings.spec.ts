import { metaCapabilities } from './meta.capabilities';
import { permalinkOf } from './meta.permalink';
import { pullPlan } from './meta.pull';
import { conversationsNode } from './meta.reads';
import { checkMetaSettings, graphVersion, metaSettingFields } from './meta.settings';

const channel = (kind: 'facebook' | 'instagram', settings: object = {}) => ({
  id: '1',
  workspaceId: 'harbour',
  kind,
  externalId: '104857213906412',
  settings: { ...settings },
});

it.each(['facebook', 'instagram'] as const)('the defaults of %s are fine', (kind) => {
  const defaults = Object.fromEntries(metaSettingFields(kind).map((field) => [field.name, field.default]));
  expect(checkMetaSettings(kind, defaults)).toEqual([]);
  expect(checkMetaSettings(kind, { apiBaseUrl: 'http://127.0.0.1:1' })).toEqual([]);
});

it.each<[Record<string, unknown>, string]>([
  [{ reconcileMinutes: 1 }, 'reconcileMinutes'],
  [{ timeoutMs: 60_000 }, 'timeoutMs'],
  [{ webhookFields: 'feed' }, 'webhookFields'],
  [{ readMessages: 'no' }, 'readMessages'],
  [{ graphVersion: '../me' }, 'graphVersion'],
  [{ login: 'google' }, 'login'],
])('%j is refused', (settings, path) =>
  expect(checkMetaSettings('instagram', settings).map((problem) => problem.path)).toEqual([path]),
);

it('a version that is none is not called', () => expect(graphVersion({ graphVersion: '../../x' })).toBe('v26.0'));

it('compares every quarter of an hour and goes back thirty days, unless told otherwise', () => {
  expect(pullPlan(channel('facebook'))).toEqual({ reconcileMs: 900_000, backfillMs: 2_592_000_000 });
  expect(pullPlan(channel('facebook', { reconcileMinutes: 60, backfillDays: 0 }))).toEqual({
    reconcileMs: 3_600_000,
    backfillMs: 0,
  });
});

it.each<['facebook' | 'instagram', object, string]>([
  ['facebook', {}, '104857213906412'],
  ['instagram', { pageId: '77' }, '77'],
  ['instagram', {}, 'me'],
  ['instagram', { login: 'instagram', pageId: '77' }, 'me'],
])('conversations of %s with %j stand at %s', (kind, settings, node) =>
  expect(conversationsNode(channel(kind, settings))).toBe(node),
);

it('finds a comment, a visitor’s post and the inbox on Facebook; Instagram’s addresses are not made of ids', () => {
  const postExternalId = '104857213906412_122148';
  const comment = { threadKind: 'comment' as const, postExternalId, messageExternalId: '122148_1402' };
  const at = 'https://www.facebook.com/104857213906412/posts/122148';
  expect(permalinkOf(channel('facebook'), comment)).toBe(`${at}?comment_id=1402`);
  expect(permalinkOf(channel('facebook'), { ...comment, messageExternalId: postExternalId })).toBe(at);
  expect(permalinkOf(channel('facebook'), { threadKind: 'dm' })).toContain('asset_id=104857213906412');
  expect(permalinkOf(channel('instagram'), comment)).toBeUndefined();
});

it('says what is told of each thread', () => {
  expect(metaCapabilities('facebook').comment).toMatchObject({
    reads: ['edits', 'deletes', 'reactions', 'visibility'],
    editSentMs: null,
    moderation: ['hide', 'unhide', 'delete', 'like', 'unlike'],
  });
  expect(metaCapabilities('instagram').comment).not.toHaveProperty('editSentMs');
});
