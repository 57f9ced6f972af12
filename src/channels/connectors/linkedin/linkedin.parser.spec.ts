import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { parseLinkedIn } from './linkedin.parser';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8')) as unknown;
const ORG = '96072893';
const OWN = `urn:li:organization:${ORG}`;
const ACTIVITY = 'urn:li:activity:7094637247890620418';
const NEGAR = 'urn:li:person:negarP8S';
const AMIR = 'urn:li:person:amirP8S';
const comment = (number: string) => `urn:li:comment:(${ACTIVITY},${number})`;
const FIRST = comment('7094977717598625792');
const parse = (body: unknown, externalId?: string) =>
  parseLinkedIn(body, externalId === undefined ? {} : { channel: { kind: 'linkedin', externalId, settings: {} } });

describe('notifications with text', () => {
  const [first, told, edit, own, like, postLike, mention, toldMention, share, removed, follow, ...rest] = parse(
    fixture('notifications'),
  );

  it('a comment, named by the long form of its URN', () =>
    expect(first).toEqual({
      type: 'message',
      accountId: ORG,
      eventKey: `comment:${FIRST}:add`,
      threadKey: `comment:${ACTIVITY}:${NEGAR}`,
      threadKind: 'comment',
      occurredAt: '2026-11-20T08:42:02.310Z',
      direction: 'in',
      externalId: FIRST,
      author: { externalId: NEGAR },
      contact: { externalId: NEGAR },
      text: 'سلام، قیمت می‌خواستم 🧑‍🌾 ۱۲٬۰۰۰؟',
      attachments: [],
      post: {
        externalId: ACTIVITY,
        permalink: `https://www.linkedin.com/feed/update/${ACTIVITY}/`,
        text: 'انار ساوه، همین هفته 🍎',
        kind: 'NONE',
      },
    }));

  it('its words once more, for a placeholder that may stand there', () => {
    const version = 1_795_164_122_310;
    expect(told).toMatchObject({
      type: 'edit',
      eventKey: `comment:${FIRST}:edit:${version}`,
      version,
      text: first && 'text' in first && first.text,
    });
    expect(toldMention).toMatchObject({ type: 'edit', externalId: 'urn:li:share:7095000000000000001' });
  });

  it('its edit carries the moment as version, and who wrote it', () =>
    expect(edit).toMatchObject({
      type: 'edit',
      eventKey: `comment:${FIRST}:edit:1795164182310`,
      version: 1_795_164_182_310,
      text: 'سلام، قیمت هر کیلو؟',
      threadKey: `comment:${ACTIVITY}:${NEGAR}`,
      author: { externalId: NEGAR },
      direction: 'in',
    }));

  it('the page’s own comment waits until it is known what it answers', () =>
    expect(own).toMatchObject({
      type: 'ignored',
      eventKey: `comment:${comment('7094977717598625800')}:own:1795164200000`,
    }));

  it('a like of the comment', () =>
    expect(like).toMatchObject({
      type: 'reaction',
      eventKey: `like:${FIRST}:${AMIR}:1795164210000`,
      threadKey: `message:${FIRST}`,
      externalId: FIRST,
      actorExternalId: AMIR,
      action: 'add',
      reaction: 'like',
    }));

  it('a like of the post changes nothing here', () =>
    expect(postLike).toMatchObject({ type: 'ignored', eventKey: 'like:5603453325' }));

  it('a mention', () =>
    expect(mention).toMatchObject({
      type: 'message',
      subtype: 'mention',
      externalId: 'urn:li:share:7095000000000000001',
      eventKey: 'share:urn:li:share:7095000000000000001:add',
      threadKey: `comment:urn:li:share:7095000000000000001:${AMIR}`,
      text: 'Great service, Sibsorkh',
      post: { externalId: 'urn:li:share:7095000000000000001', text: 'Great service, Sibsorkh' },
    }));

  it('a post passed on without words', () => expect(share).toMatchObject({ type: 'ignored' }));

  it('a deletion', () =>
    expect(removed).toMatchObject({
      type: 'delete',
      eventKey: `comment:${FIRST}:delete`,
      externalId: FIRST,
      by: 'unknown',
    }));

  it('an action nobody has seen is kept', () => {
    expect(follow).toMatchObject({ type: 'unsupported', kind: 'notification.FOLLOW', accountId: ORG });
    expect(rest).toEqual([]);
  });
});

describe('notifications without text', () => {
  const [first, edit, own, mention] = parse(fixture('notifications_bare'));

  it('a comment is shown at once, under a stand-in for its author', () =>
    expect(first).toMatchObject({
      type: 'message',
      eventKey: `comment:${FIRST}:add`,
      threadKey: `comment:${ACTIVITY}:withheld:${FIRST}`,
      author: { externalId: `withheld:${FIRST}` },
      text: '',
      subtype: 'placeholder',
      meta: { textUntold: true },
    }));

  it('a comment decorated with nothing is a placeholder too, and leaves the key of its words to who knows them', () => {
    const { type, notifications } = fixture('notifications') as { type: string; notifications: object[] };
    const decoratedGeneratedActivity = { comment: { owner: NEGAR, text: '', entity: FIRST } };
    expect(parse({ type, notifications: [{ ...notifications[0], decoratedGeneratedActivity }] })).toMatchObject([
      { type: 'message', text: '', subtype: 'placeholder', meta: { textUntold: true }, author: { externalId: NEGAR } },
    ]);
  });

  it('an edit without words changes nothing, and does not take the key of the edit that follows', () =>
    expect(edit).toMatchObject({ type: 'ignored', eventKey: `comment:${FIRST}:edited:1795164182310` }));

  it('own comments and mentions', () => {
    expect(own).toMatchObject({ type: 'ignored' });
    expect(mention).toMatchObject({ type: 'message', subtype: 'mention', text: '', meta: { textUntold: true } });
  });
});

describe('what a pull read', () => {
  const events = parse(fixture('pulled'));
  const of = (externalId: string) => events.filter((event) => 'externalId' in event && event.externalId === externalId);

  it('fills the placeholder by an edit, and the stand-in by the person', () => {
    const [message, edit] = of(FIRST);
    expect(message).toMatchObject({
      type: 'message',
      eventKey: `comment:${FIRST}:add`,
      occurredAt: '2026-11-20T08:42:02.310Z',
      text: 'سلام، قیمت هر کیلو؟',
      author: { externalId: NEGAR, name: 'نگار رستمی' },
      attachments: [{ kind: 'image', url: 'https://media.licdn.com/dms/image/x.jpg' }],
    });
    expect(edit).toMatchObject({
      type: 'edit',
      eventKey: `comment:${FIRST}:edit:1795164182310`,
      version: 1_795_164_182_310,
    });
    expect(events).toContainEqual({
      type: 'identity',
      accountId: ORG,
      eventKey: `comment:${FIRST}:author`,
      threadKey: `comment:${ACTIVITY}:${NEGAR}`,
      threadAliases: [`comment:${ACTIVITY}:withheld:${FIRST}`],
      threadKind: 'comment',
      person: { externalId: NEGAR, name: 'نگار رستمی' },
      formerExternalId: `withheld:${FIRST}`,
    });
  });

  it('our own comment hangs under the one it answers', () =>
    expect(of(comment('7094977717598625800'))[0]).toMatchObject({
      type: 'message',
      direction: 'out',
      eventKey: `comment:${comment('7094977717598625800')}:add`,
      threadKey: `message:${FIRST}`,
      parentExternalId: FIRST,
      author: { externalId: OWN },
    }));

  it('a mention is told in the words people read', () => {
    const text = 'Great service, @Sibsorkh #fresh (really)';
    expect(of('urn:li:share:7095000000000000001')).toMatchObject([
      { type: 'message', author: { externalId: AMIR }, text },
      { type: 'edit', version: 1_795_164_221_000, text },
    ]);
  });

  it('a comment listed under a post', () =>
    expect(of(comment('7094977717598625900'))[0]).toMatchObject({
      type: 'message',
      parentExternalId: FIRST,
      threadKey: `comment:${ACTIVITY}:${AMIR}`,
      post: { externalId: ACTIVITY, text: 'انار ساوه' },
    }));
});

it('pushed and pulled meet on the same keys', () => {
  const { notifications } = fixture('notifications') as { notifications: unknown[] };
  const items = notifications.map((notification) => ({ notification }));
  const pushed = parse(fixture('notifications')).map((event) => event.eventKey);
  const pulled = parse({ kind: 'linkedin.pulled', organization: ORG, items }).map((event) => event.eventKey);
  expect(pulled).toEqual(pushed);
});

it('a known comment beside an unknown neighbour survives', () => {
  const { type, notifications } = fixture('notifications') as { type: string; notifications: unknown[] };
  const events = parse({ type, notifications: [null, 'x', { action: 'COMMENT' }, notifications[0]] });
  expect(events.map((event) => event.type)).toEqual(['unsupported', 'unsupported', 'unsupported', 'message', 'edit']);
});

it.each([ORG, OWN])('the account is named as its channel names it: %s', (externalId) =>
  expect(new Set(parse(fixture('notifications'), externalId).map(({ accountId }) => accountId))).toEqual(
    new Set([externalId]),
  ),
);

it('a page of somebody else stays somebody else’s', () =>
  expect(parse(fixture('notifications'), '111')[0]).toMatchObject({ accountId: ORG }));

describe('anything at all', () => {
  const deep = (depth: number) => {
    let value: unknown = 'x';
    for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };
  const junk = [null, true, 3.5, '', 'text', [], [[]], {}, { type: 'x' }, { notifications: [1] }, deep(50_000)];

  it.each(junk.map((value, index) => [index, value]))('junk %i is kept, not thrown', (_, value) => {
    const events = parse(value);
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ type }) => type === 'unsupported')).toBe(true);
  });

  it('samples with members replaced never throw and keep their keys whole', () => {
    const samples = ['notifications', 'notifications_bare', 'pulled'].map((name) => JSON.stringify(fixture(name)));
    const replacement = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('__proto__', '\ud83d', '\u0000', 1e300, -1, deep(2000)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(400), replacement, (sample, place, value) => {
        let seen = -1;
        const body: unknown = JSON.parse(sample, (_key, item: unknown) => (++seen === place ? value : item));
        const events: InboundEvent[] = parse(body, ORG);
        expect(events.length).toBeGreaterThan(0);
        expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        for (const { eventKey, threadKey } of events) {
          expect(`${eventKey} ${threadKey}`).not.toMatch(/undefined|NaN|\[object/);
          expect(eventKey).not.toBe('');
        }
      }),
      { numRuns: 400, seed: 20_261_122 },
    );
    expect({}).not.toHaveProperty('polluted');
  });
});
