import type { ThreadKind } from '../../inbox/conversations/inbound-event';
import type { ModerationAction } from '../capabilities';
import type { ChannelKind, ChannelSettings } from '../channel';
import { ABILITIES } from './api-channel/api-channel.capabilities';
import { Connectors } from './registry';

const connectors = new Connectors();
const ACTIONS = ['hide', 'unhide', 'delete', 'like', 'unlike', 'block', 'unblock'] as const;
/** Nobody listens here: what is asked of the network comes to nothing, and what is not asked is refused at once. */
const apiBaseUrl = 'http://127.0.0.1:9';

interface Case {
  externalId: string;
  message: string;
  author: string;
  settings?: ChannelSettings;
}
const PLAIN: Case = { externalId: '1', message: '10', author: '20' };
const CASES: Partial<Record<ChannelKind, Case>> = {
  telegram: { ...PLAIN, message: '-100:10' },
  bale: { ...PLAIN, message: '-100:10' },
  rubika: { ...PLAIN, message: 'g0:10' },
  whatsapp: { ...PLAIN, message: 'wamid.1', author: '971501112233' },
  linkedin: { ...PLAIN, message: 'urn:li:comment:(urn:li:activity:1,2)' },
  x: { ...PLAIN, author: '1', settings: { enterprise: true } },
  api: { ...PLAIN, settings: { deliveryUrl: apiBaseUrl, abilities: [...ABILITIES] } },
};

const each = connectors.kinds.flatMap((kind) => {
  const threads = Object.keys(connectors.of(kind).capabilities(kind, CASES[kind]?.settings ?? {})) as ThreadKind[];
  return threads.map((threadKind) => ({ kind, threadKind }));
});

describe('the record of what can be done is what the connector has a call for', () => {
  it.each(each)('$kind $threadKind', async ({ kind, threadKind }) => {
    const { externalId, message, author, settings = {} } = CASES[kind] ?? PLAIN;
    const all: ChannelSettings = { apiBaseUrl, timeoutMs: 1_000, ...settings };
    const channel = { id: kind, workspaceId: 'harbour', kind, externalId, settings: all };
    const connector = connectors.of(kind);
    const credentials = Object.fromEntries(connector.credentialFields(kind).map(({ name }) => [name, 'secret']));
    const target = { messageExternalId: message, authorExternalId: author, threadKind };
    const became: string[] = [];
    for (const action of ACTIONS) {
      const outcome = await connector.moderate(channel, action, target, credentials);
      became.push(outcome.status === 'failed' ? `${action}: ${outcome.code}` : `${action}: asked`);
    }
    const offered: readonly ModerationAction[] = connector.capabilities(kind, all)[threadKind]?.moderation ?? [];
    expect(became).toEqual(
      ACTIONS.map((action) => `${action}: ${offered.includes(action) ? 'asked' : 'capability_missing'}`),
    );
  });

  it.each(each)('$kind $threadKind: what is said of an action is said of one there is', ({ kind, threadKind }) => {
    const thread = connectors.of(kind).capabilities(kind, CASES[kind]?.settings ?? {})[threadKind];
    const offered = thread?.moderation ?? [];
    for (const action of [...(thread?.moderationInWindow ?? []), ...(thread?.moderationOwnOnly ?? [])])
      expect(offered).toContain(action);
    const timeless = thread?.replyWindowMs === null;
    expect(timeless && thread.moderationInWindow !== undefined).toBe(false);
    expect(offered.includes('like')).toBe(offered.includes('unlike'));
  });
});
