import type { World } from './world';

/** The cast of the samples. Everything here is invented. */
export const SEED = {
  botId: 7011223344,
  token: '7011223344:inventedBotTokenForTheSimulator00001',
  secret: 'tg_inv-Secret_0001_for_the_simulator',
  username: 'SibSorkhSupportBot',
  negarId: 512345678,
  amirId: 623456789,
  channelId: -1001500000001,
  discussionId: -1001600000002,
  groupId: -4000000003,
  connection: 'BizConnInvented01',
} as const;

export function seedWorld(world: World): void {
  const person = { started: false, blocked: false, deactivated: false };
  const people = [
    { key: 'negar', id: SEED.negarId, firstName: 'نگار', lastName: 'رستمی', username: 'negar_rostami', language: 'fa' },
    { key: 'amir', id: SEED.amirId, firstName: 'Amir', language: 'en' },
    { key: 'parisa', id: 734567890, firstName: 'پریسا', lastName: 'کریمی', language: 'fa' },
    { key: 'owner', id: 845678901, firstName: 'Ada', language: 'en' },
  ];
  for (const each of people) world.people.set(each.key, { ...person, ...each });
  const group = { bot: 'administrator' as const, banned: new Set<number>() };
  const groups = [
    {
      key: 'channel',
      id: SEED.channelId,
      type: 'channel' as const,
      title: 'کانال سیب‌سرخ',
      username: 'sibsorkh',
      discussionKey: 'discussion',
    },
    { key: 'discussion', id: SEED.discussionId, type: 'supergroup' as const, title: 'گفتگوی سیب‌سرخ' },
    { key: 'group', id: SEED.groupId, type: 'group' as const, title: 'مشتریان' },
  ];
  for (const each of groups) world.groups.set(each.key, { ...group, ...each, banned: new Set() });
  world.connections.set(SEED.connection, { id: SEED.connection, owner: world.person('owner'), enabled: true });
}
