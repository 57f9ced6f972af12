import type { ThreadCapabilities } from '../channels/capabilities';
import { type EditFacts, refuseEdit } from './edit-rules';

const now = new Date('2026-11-22T12:00:00.000Z');
const capabilities = (editSentMs: number | null | undefined): ThreadCapabilities => ({
  reply: ['private'],
  textLimit: { max: 10, unit: 'characters' },
  replyWindowMs: null,
  humanWindowMs: null,
  privateReply: null,
  moderation: [],
  attachments: [],
  botMayReply: false,
  ...(editSentMs === undefined ? {} : { editSentMs }),
});
const facts = (over: Partial<EditFacts> = {}): EditFacts => ({
  capabilities: capabilities(60_000),
  state: 'delivered',
  sentAt: new Date(now.getTime() - 59_999),
  externalId: '77',
  deleted: false,
  text: 'سلام',
  newText: 'سلام!',
  ...over,
});

it.each<[string, Partial<EditFacts>, string | null]>([
  ['in the last millisecond', {}, null],
  ['a millisecond later', { sentAt: new Date(now.getTime() - 60_000) }, 'too_late'],
  ['where there is always time', { capabilities: capabilities(null), sentAt: new Date(0) }, null],
  ['where it cannot be done', { capabilities: capabilities(undefined) }, 'not_possible_here'],
  ['in a thread that is unknown', { capabilities: undefined }, 'not_possible_here'],
  ['while it is on its way', { state: 'sending' }, 'not_sent'],
  ['after it failed', { state: 'failed' }, 'not_sent'],
  ['without the network’s id', { externalId: null }, 'not_sent'],
  ['when it is deleted', { deleted: true }, 'deleted'],
  ['to nothing', { newText: ' \n' }, 'empty'],
  ['to the same', { newText: 'سلام' }, 'unchanged'],
  ['to too much', { newText: 'سلام سلام سلام' }, 'text_too_long'],
])('%s', (_, over, reason) => expect(refuseEdit(facts(over), now)?.reason ?? null).toBe(reason));
