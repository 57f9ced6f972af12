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
      await eventually(() => isSettled(t.databaseUrl), 10_000);
    }
    return await canonicalDump(t.databaseUrl, began);
  } finally {
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
    ['both parts of an album', ['album_part_1_of_2', 'album_part_2_of_2']],
    ['an edit and the message', ['telegram/__fixtures__/edited_message', 'private_text']],
    ['a block and a word', ['my_chat_member_user_blocked_bot', 'private_text']],
    ['a shared number and a word to the business', ['private_contact_shared', 'business_message']],
    ['two changes of a person’s ids', ['system_user_changed_number', 'system_user_changed_user_id']],
    ['a changed number and a letter to the old one', ['system_user_changed_number', 'echo_from_business_app']],
    [
      'a word, a changed number and a changed id',
      ['whatsapp/__fixtures__/text', 'system_user_changed_number', 'system_user_changed_user_id'],
    ],
  ])(
    '%s leaves the same',
    async (_, names) => {
      expect(await afterOneByOne(names.toReversed())).toEqual(await afterOneByOne(names));
    },
    40_000,
  );
});

it('a changed number is the contact’s number, and their name stays', async () => {
  const { contacts } = await afterOneByOne(['system_user_changed_number', 'whatsapp/__fixtures__/text']);
  expect(contacts).toEqual([expect.stringContaining('"name": "نگار رستمی"')]);
  const later = await afterOneByOne(['whatsapp/__fixtures__/text', 'system_user_changed_number']);
  expect(later['contacts']).toEqual([expect.stringContaining('"phone": "+971501119999"')]);
}, 40_000);
