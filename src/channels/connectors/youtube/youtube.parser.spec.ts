import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parseYouTube } from './youtube.parser';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8')) as unknown;
const CHANNEL = 'UCinventedSibsorkh000000';
const NEGAR = 'UCinventednegar000000000';
const AMIR = 'UCinventedamir0000000000';
const VIDEO = 'dQinvented0';
const context = { channel: { kind: 'youtube' as const, externalId: CHANNEL, settings: {} } };
const parse = (body: unknown) => parseYouTube(body, context);

describe('threads', () => {
  const [top, own, reply, edited, onChannel, nobody, ...rest] = parse(fixture('threads'));

  it('a comment is of its author under the video', () =>
    expect(top).toEqual({
      type: 'message',
      accountId: CHANNEL,
      eventKey: 'comment:UgxTop1:add',
      threadKey: `comment:${VIDEO}:${NEGAR}`,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:42:02.000Z',
      direction: 'in',
      externalId: 'UgxTop1',
      author: {
        externalId: NEGAR,
        name: '@negar-rostami',
        avatarUrl: 'https://yt3.ggpht.com/invented=s48',
      },
      contact: { externalId: NEGAR, name: '@negar-rostami', avatarUrl: 'https://yt3.ggpht.com/invented=s48' },
      text: 'قیمت می‌خواستم 🧑‍🌾 ۱۲٬۰۰۰؟',
      attachments: [],
      post: { externalId: VIDEO, permalink: `https://www.youtube.com/watch?v=${VIDEO}`, kind: 'video' },
    }));

  it('the channel’s own answer hangs under the comment it answers', () =>
    expect(own).toMatchObject({
      type: 'message',
      direction: 'out',
      externalId: 'UgxTop1.r2',
      threadKey: 'message:UgxTop1',
      parentExternalId: 'UgxTop1',
      text: 'سلام، ۱۲ هزار تومان',
    }));

  it('an answer of somebody else is their own conversation, with the edit it has had', () => {
    expect(reply).toMatchObject({
      type: 'message',
      direction: 'in',
      externalId: 'UgxTop1.r1',
      threadKey: `comment:${VIDEO}:${AMIR}`,
      parentExternalId: 'UgxTop1',
      occurredAt: '2026-11-20T08:45:00.000Z',
    });
    expect(edited).toMatchObject({
      type: 'edit',
      eventKey: `comment:UgxTop1.r1:edit:${Date.parse('2026-11-20T08:46:00Z')}`,
      version: Date.parse('2026-11-20T08:46:00Z'),
      text: 'me too',
      author: { externalId: AMIR },
    });
  });

  it('a comment on the channel itself, and one whose author has no channel', () => {
    expect(onChannel).toMatchObject({
      threadKey: `comment:${CHANNEL}:${AMIR}`,
      post: { externalId: CHANNEL, kind: 'channel' },
    });
    expect(nobody).toMatchObject({
      author: { externalId: 'withheld:UgxTop3' },
      threadKey: `comment:${VIDEO}:withheld:UgxTop3`,
    });
    expect(rest).toEqual([]);
  });
});

it('what is held back is a message nobody sees; spam opens no work', () =>
  expect(parse(fixture('held'))).toMatchObject([
    { type: 'message', externalId: 'UgxHeld1', meta: { moderationStatus: 'heldForReview' } },
    { type: 'visibility', externalId: 'UgxHeld1', hidden: true, eventKey: 'comment:UgxHeld1:hidden:0' },
    { type: 'message', externalId: 'UgxSpam1', opensWork: false },
    { type: 'visibility', externalId: 'UgxSpam1', hidden: true },
  ]));

it('answers read one by one have the keys of those that came along', () => {
  const events = parse(fixture('replies'));
  expect(events.map(({ eventKey }) => eventKey)).toEqual([
    'comment:UgxTop1.r1:add',
    `comment:UgxTop1.r1:edit:${Date.parse('2026-11-20T08:46:00Z')}`,
    'comment:UgxTop1.r3:add',
  ]);
  expect(events[0]).toMatchObject({ threadKey: `comment:${VIDEO}:${AMIR}`, post: { externalId: VIDEO } });
});

it('what is gone, and what a moderator changed', () => {
  expect(parse(fixture('absent'))).toMatchObject([
    { type: 'delete', externalId: 'UgxTop1', eventKey: 'comment:UgxTop1:delete', by: 'unknown' },
    { type: 'delete', externalId: 'UgxTop1.r1' },
  ]);
  expect(parse(fixture('moderated'))).toMatchObject([
    { type: 'visibility', hidden: false, eventKey: 'comment:UgxHeld1:shown:1' },
    { type: 'visibility', hidden: true, eventKey: 'comment:UgxHeld1:hidden:2' },
  ]);
});

it('a known thread beside a broken one survives', () => {
  const { items } = fixture('threads') as { items: unknown[] };
  const events = parse({
    kind: 'youtube.threads',
    channelId: CHANNEL,
    status: 'published',
    items: [null, 7, { id: 'x' }, items[1]],
  });
  expect(events.map(({ type }) => type)).toEqual(['unsupported', 'unsupported', 'unsupported', 'message']);
});

describe('anything at all', () => {
  const junk = [
    null,
    1,
    'x',
    [],
    {},
    { kind: 'youtube.threads' },
    { kind: 'youtube.absent', ids: [{}] },
    { kind: '__proto__', items: [1] },
  ];
  it.each(junk.map((value, index) => [index, value]))('junk %i is kept, not thrown', (_, value) => {
    const events = parse(value);
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ type }) => type === 'unsupported')).toBe(true);
  });

  it('samples with members replaced never throw and keep their keys whole', () => {
    const samples = ['threads', 'held', 'replies', 'absent', 'moderated'].map((name) => JSON.stringify(fixture(name)));
    const replacement = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('__proto__', '\ud83d', '\u0000', 1e300, -1),
    );
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(150), replacement, (sample, place, value) => {
        let seen = -1;
        const body: unknown = JSON.parse(sample, (_key, item: unknown) => (++seen === place ? value : item));
        const events = parse(body);
        expect(events.length).toBeGreaterThan(0);
        expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        for (const { eventKey, threadKey } of events)
          expect(`${eventKey} ${threadKey}`).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 400, seed: 20_261_122 },
    );
  });
});
