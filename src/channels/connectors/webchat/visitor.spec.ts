import { type MessageRow, visitorMessage, waitFor } from './visitor';

const row: MessageRow = {
  id: '0199',
  conversation_id: '0198',
  seq: 3,
  external_id: 'webchat:in:visitor:5a:8f14e45f-ceea-467f-9c2b-4a5e0d7a3a0f',
  author_kind: 'contact',
  author_name: 'Omar',
  text: 'hello',
  received_at: new Date(0),
  version: 1,
  edited_at: null,
  deleted_at: null,
};

describe('a message as its visitor sees it', () => {
  it('carries the id its browser gave it, so that a pending bubble finds it', () => {
    expect(visitorMessage(row)).toMatchObject({
      clientId: '8f14e45f-ceea-467f-9c2b-4a5e0d7a3a0f',
      author: { type: 'visitor', name: null },
    });
  });

  it('does not show what was deleted', () => {
    expect(visitorMessage({ ...row, author_kind: 'agent', deleted_at: new Date(1) })).toMatchObject({
      text: '',
      deleted: true,
    });
  });

  it.each([
    ['agent', 'agent'],
    ['bot', 'bot'],
    ['account', 'agent'],
  ] as const)('names the %s as %s', (author_kind, type) => {
    expect(visitorMessage({ ...row, author_kind, external_id: 'webchat:0199' })).toMatchObject({
      clientId: null,
      author: { type, name: 'Omar' },
    });
  });
});

describe('a limit of 2 in 10 seconds', () => {
  const at = (...seconds: number[]) => seconds.map((second) => new Date(second * 1_000));
  it.each([
    ['nothing before', at(), 20, null],
    ['one before', at(19), 20, null],
    ['two, the older one long ago', at(19, 9), 20, null],
    ['two just now', at(19, 15), 20, 5_000],
    ['exactly at the edge', at(15, 10), 20, null],
    ['more than two', at(19, 18, 1), 20, 8_000],
  ])('%s', (_, latest, now, wait) => expect(waitFor(latest, 2, 10_000, new Date(now * 1_000))).toBe(wait));
});
