import type { HealthCheck } from '../health';
import { alarmsOf, type ChannelFacts } from './alarms';

const NOW = new Date('2026-11-22T09:00:00Z');
const FINE: ChannelFacts = {
  state: 'active',
  stateReason: null,
  report: { checks: [] },
  before: { checks: [] },
  open: [],
  pulls: [],
  sending: [],
  silence: null,
  lastEventAt: null,
  silenceHours: null,
};
const said = (en: string) => ({ fa: `به فارسی: ${en}`, en });
const unknown: HealthCheck = { name: 'token', state: 'unknown', message: said('No answer.') };
const pull = { reason: 'poll', failures: 3, error: 'Rubika 500', code: 'http_500', fix: null };

it.each<[string, Partial<ChannelFacts>, string[]]>([
  ['all is well', {}, []],
  ['credentials are refused', { state: 'needs_reconnect' }, ['reconnect']],
  ['it is switched off, whatever else', { state: 'disabled', pulls: [pull] }, []],
  ['a check found a problem', { report: { checks: [{ ...unknown, state: 'problem' }] } }, ['token']],
  [
    'a check and the renewal both find trouble with the token',
    {
      report: {
        checks: [
          { ...unknown, state: 'problem' },
          { ...unknown, state: 'problem' },
        ],
      },
    },
    ['token'],
  ],
  ['one round without an answer', { report: { checks: [unknown] } }, []],
  ['two rounds without an answer', { report: { checks: [unknown] }, before: { checks: [unknown] } }, ['unreachable']],
  ['scopes are missing', { report: { checks: [], missingScopes: ['dm.read'] } }, ['scopes']],
  [
    'the token ends within a week',
    { report: { checks: [], tokenExpiresAt: '2026-11-28T00:00:00Z' } },
    ['token_expiry'],
  ],
  ['the token ends later', { report: { checks: [], tokenExpiresAt: '2026-12-28T00:00:00Z' } }, []],
  ['a reading failed twice', { pulls: [{ ...pull, failures: 2 }] }, []],
  ['a reading failed three times', { pulls: [pull] }, ['pull_poll']],
  [
    'a reading is refused until an admin changes something',
    { pulls: [{ ...pull, failures: 1, fix: said('Grant it.') }] },
    ['pull_poll'],
  ],
  ['it goes well again', { pulls: [{ ...pull, failures: 0 }] }, []],
  ['the day’s money is spent', { pulls: [{ ...pull, failures: 1, code: 'budget_spent' }] }, ['pull_poll']],
  [
    'a silence unlike it',
    { silence: { expected: 40, unlike: true }, lastEventAt: new Date('2026-11-22T03:00:00Z') },
    ['silence'],
  ],
  ['a silence longer than wished', { silenceHours: 5, lastEventAt: new Date('2026-11-22T03:00:00Z') }, ['silence']],
])('%s', (_, facts, names) => {
  const alarms = alarmsOf({ ...FINE, ...facts }, NOW);
  expect(alarms.map(({ name }) => name)).toEqual(names);
  const words = alarms.flatMap(({ message, fix }) => [message, ...(fix ? [fix] : [])]);
  for (const { fa, en } of words) {
    expect(fa).toMatch(/[\u0600-\u06FF]{2}/);
    expect(en).toMatch(/[a-z]{2}/);
  }
});

describe('what stands while the network gives no answer', () => {
  const open = [
    'token',
    'webhook',
    'scopes',
    'token_expiry',
    'pull_poll',
    'refused_x',
    'edit_refused_x',
    'silence',
  ].map((name) => ({ name, message: said('It stands.'), fix: null }));
  const check = (name: string, state: HealthCheck['state']) => ({ ...unknown, name, state });
  it.each<[string, Partial<ChannelFacts>, string[]]>([
    ['nothing answered: what reports found', { report: { checks: [unknown] } }, open.slice(0, 4).map((o) => o.name)],
    [
      'nothing answered for long',
      { report: { checks: [unknown] }, before: { checks: [unknown] } },
      [...open.slice(0, 4).map((o) => o.name), 'unreachable'],
    ],
    [
      'a part was not answered: that part',
      { report: { checks: [check('token', 'ok'), check('webhook', 'unknown')], missingScopes: [] } },
      ['webhook', 'token_expiry'],
    ],
    [
      'a part is never answered: nothing',
      {
        report: { checks: [check('token', 'ok'), check('scopes', 'unknown')] },
        before: { checks: [check('token', 'ok'), check('scopes', 'unknown')] },
      },
      [],
    ],
    ['all answered: nothing', { report: { checks: [check('token', 'ok'), check('public_address', 'unknown')] } }, []],
    ['switched off: nothing', { state: 'disabled', report: { checks: [unknown] } }, []],
  ])('%s', (_, facts, names) =>
    expect(alarmsOf({ ...FINE, open, ...facts }, NOW).map(({ name }) => name)).toEqual(names),
  );
});

it('says both of two findings, with the first way out', () => {
  const found = (en: string, fix?: string): HealthCheck => ({
    name: 'mailbox',
    state: 'problem',
    message: said(en),
    ...(fix ? { fix: said(fix) } : {}),
  });
  const checks = [found('Full.'), found('No folder.', 'Make one.'), found('Full.', 'Empty it.')];
  expect(alarmsOf({ ...FINE, report: { checks } }, NOW)).toEqual([
    {
      name: 'mailbox',
      message: { fa: 'به فارسی: Full. به فارسی: No folder.', en: 'Full. No folder.' },
      fix: said('Make one.'),
    },
  ]);
});

it('says what the network named as the way out, and counts in Persian digits', () => {
  const fix = said('Grant dm.read.');
  expect(alarmsOf({ ...FINE, pulls: [{ ...pull, fix }] }, NOW)).toEqual([
    { name: 'pull_poll', message: { fa: 'پاسخ دریافتی: \u2068Rubika 500\u2069', en: 'Rubika 500' }, fix },
  ]);
  const [quiet] = alarmsOf({ ...FINE, silenceHours: 5, lastEventAt: new Date('2026-11-21T21:00:00Z') }, NOW);
  expect(quiet!.message).toEqual({ fa: '‏۱۲ ساعت است چیزی نرسیده.', en: 'Nothing has come for 12 hours.' });
});
