import pg from 'pg';
import { canonicalDump, isSettled } from '../replay/canonical';
import { connectAccounts, replay, SAMPLE_SECRETS } from '../replay/replay-samples';
import { readSamples, RECORDINGS } from '../replay/samples';
import { eventually, startApp } from '../harness';

const { samples } = readSamples(RECORDINGS);
const sampleOf = (name: string) => samples.find(({ file }) => file.endsWith(`${name}.json`))!;

/** A fresh installation that was sent these one after another, each applied before the next comes. */
async function afterOneByOne(names: readonly string[]) {
  const t = await startApp();
  try {
    const began = new Date();
    const sent = names.map(sampleOf);
    const where = await connectAccounts(t.owner, sent, SAMPLE_SECRETS);
    for (const sample of sent) {
      const { notAccepted } = await replay({ url: t.url, samples: [sample], secrets: SAMPLE_SECRETS, ...where });
      expect(notAccepted).toEqual([]);
      await eventually(() => isSettled(t.databaseUrl), 60_000);
    }
    return await canonicalDump(t.databaseUrl, began);
  } finally {
    await t.close();
  }
}

/** What each of these orders leaves of an installation that holds nothing else, in one that is emptied in between. */
async function dumpsOf(all: readonly (readonly string[])[]) {
  const t = await startApp();
  const client = new pg.Client(t.databaseUrl);
  await client.connect();
  try {
    const where = await connectAccounts(t.owner, all[0]!.map(sampleOf), SAMPLE_SECRETS);
    const dumps: Record<string, string[]>[] = [];
    for (const names of all) {
      // the app's own sweeps may hold some of these: then it is tried again
      await eventually(async () => {
        const emptied = client.query('TRUNCATE contacts, posts, message_keys, inbound_events, event_keys CASCADE');
        return emptied.then(
          () => true,
          () => false,
        );
      }, 60_000);
      const began = new Date();
      for (const sample of names.map(sampleOf)) {
        const { notAccepted } = await replay({ url: t.url, samples: [sample], secrets: SAMPLE_SECRETS, ...where });
        expect(notAccepted).toEqual([]);
        await eventually(() => isSettled(t.databaseUrl), 60_000);
      }
      dumps.push(await canonicalDump(t.databaseUrl, began));
    }
    return dumps;
  } finally {
    await client.end();
    await t.close();
  }
}

describe('either order of', () => {
  it.each<[string, string[]]>([
    [
      'a comment and the one under it, by another person',
      ['discussion_reply_to_comment', 'discussion_comment_on_channel_post'],
    ],
    [
      'a post’s copy and a comment under it',
      ['discussion_auto_forward_of_channel_post', 'discussion_reply_to_comment'],
    ],
    ['our reply and the mention it answers', ['xaa_post_create_by_own_account_echo', 'xaa_post_mention_create']],
    ['a deletion and what it deletes', ['aaa_tweet_delete', 'aaa_tweet_create_mention']],
    [
      'a reaction and its removal',
      ['whatsapp/__fixtures__/reaction_removed', 'echo_of_the_message_answered', 'reaction_add'],
    ],
    ['a message as X’s two products tell it', ['aaa_direct_message_received', 'xaa_dm_received']],
    ['our message as X’s two products tell it', ['aaa_direct_message_sent_echo', 'xaa_dm_sent_echo']],
    ['a reply as X’s two products tell it', ['aaa_tweet_create_reply', 'xaa_post_reply_create']],
    [
      'a mention and its deletion, as X’s two products tell them',
      ['aaa_tweet_create_mention', 'xaa_post_delete', 'aaa_tweet_delete', 'xaa_post_mention_create'],
    ],
    ['both parts of an album', ['album_part_1_of_2', 'album_part_2_of_2']],
    ['an edit and the message', ['telegram/__fixtures__/edited_message', 'private_text']],
    ['a block and a word', ['my_chat_member_user_blocked_bot', 'private_text']],
    ['a shared number and a word to the business', ['private_contact_shared', 'business_message']],
    ['two changes of a person’s ids', ['system_user_changed_number', 'system_user_changed_user_id']],
    ['a changed number and a letter to the old one', ['system_user_changed_number', 'echo_from_business_app']],
    [
      'a changed number without a user id and a letter to the old one',
      ['system_user_changed_number_without_user_id', 'echo_from_business_app'],
    ],
    [
      'a word under both ids and a changed number without a user id',
      ['whatsapp/__fixtures__/text', 'system_user_changed_number_without_user_id'],
    ],
    [
      'a word, a changed number and a changed id',
      ['whatsapp/__fixtures__/text', 'system_user_changed_number', 'system_user_changed_user_id'],
    ],
  ])(
    '%s leaves the same',
    async (_, names) => {
      expect(await afterOneByOne(names.toReversed())).toEqual(await afterOneByOne(names));
    },
    120_000,
  );
});

/** Every order of these. */
const orders = (names: readonly string[]): string[][] =>
  names.length < 2
    ? [[...names]]
    : names.flatMap((name) => orders(names.filter((other) => other !== name)).map((rest) => [name, ...rest]));

describe('threads begun under each id of one person', () => {
  const NAMES = ['echo_from_business_app', 'text_under_user_id_only', 'whatsapp/__fixtures__/text'];
  let expected: Awaited<ReturnType<typeof afterOneByOne>>;
  beforeAll(async () => {
    expected = await afterOneByOne(NAMES.toReversed());
  }, 30_000);

  it('are one when a word names both', () => {
    expect(expected['conversations']).toEqual([expect.stringContaining('"messages": 3')]);
    expect(expected['tickets']).toHaveLength(1);
    expect(expected['contacts']).toHaveLength(1);
  });

  it.each(orders(NAMES).map((names) => [names.join(', '), names] as const))(
    '%s leaves the same',
    async (_, names) => {
      expect(await afterOneByOne(names)).toEqual(expected);
    },
    30_000,
  );
});

describe('a comment on X, our answer, and the answer to that', () => {
  const OLDER = ['aaa_tweet_create_reply', 'aaa_tweet_create_own_answer', 'aaa_tweet_create_answer_to_our_answer'];
  const NEWER = ['xaa_post_reply_create', 'xaa_post_create_own_answer', 'xaa_post_reply_create_to_our_answer'];
  const both = [...OLDER, ...NEWER];
  const turns = both.map((_, i) => [...both.slice(i), ...both.slice(0, i)]);
  const another = 'aaa_tweet_create_by_another_under_the_comment';

  it.each<[string, number, string[][]]>([
    ['told by the older product are one thread', 1, orders(OLDER)],
    ['told by the newer product are one thread', 1, orders(NEWER)],
    ['told by one and the other are one thread', 1, orders([OLDER[0]!, NEWER[1]!, OLDER[2]!])],
    ['told by the other and the one are one thread', 1, orders([NEWER[0]!, OLDER[1]!, NEWER[2]!])],
    ['told by both are one thread', 1, [...turns, ...turns.map((names) => names.toReversed())]],
    ['and another person’s are a thread for each of them', 2, orders([OLDER[0]!, NEWER[0]!, another])],
    [
      'and another person’s, which both tell, are a thread for each of them',
      2,
      orders([OLDER[0]!, another, 'xaa_post_mention_create_by_another_under_the_comment']),
    ],
  ])(
    '%s in every order',
    async (_, threads, all) => {
      const dumps = await dumpsOf(all);
      expect(dumps[0]!['conversations']).toHaveLength(threads);
      expect(dumps[0]!['tickets']).toHaveLength(threads);
      for (const [i, dump] of dumps.entries())
        expect({ order: all[i], dump }).toEqual({ order: all[i], dump: dumps[0] });
    },
    600_000,
  );
});

it('a changed number is the contact’s number, and their name stays', async () => {
  const { contacts } = await afterOneByOne(['system_user_changed_number', 'whatsapp/__fixtures__/text']);
  expect(contacts).toEqual([expect.stringContaining('"name": "نگار رستمی"')]);
  const later = await afterOneByOne(['whatsapp/__fixtures__/text', 'system_user_changed_number']);
  expect(later['contacts']).toEqual([expect.stringContaining('"phone": "+971501119999"')]);
}, 40_000);
