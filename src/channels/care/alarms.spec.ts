import type { HealthCheck } from '../health';
import { alarmsOf, type ChannelFacts } from './alarms';

const NOW = new Date('2026-11-22T09:00:00Z');
const FINE: ChannelFacts = {
  state: 'active',
  stateReason: null,
  report: { checks: [] },
  before: { checks: [] },
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

it('says what the network named as the way out, and counts in Persian digits', () => {
  const fix = said('Grant dm.read.');
  expect(alarmsOf({ ...FINE, pulls: [{ ...pull, fix }] }, NOW)).toEqual([
    { name: 'pull_poll', message: { fa: 'پاسخ دریافتی: \u2068Rubika 500\u2069', en: 'Rubika 500' }, fix },
  ]);
  const [quiet] = alarmsOf({ ...FINE, silenceHours: 5, lastEventAt: new Date('2026-11-21T21:00:00Z') }, NOW);
  expect(quiet!.message).toEqual({ fa: '‏۱۲ ساعت است چیزی نرسیده.', en: 'Nothing has come for 12 hours.' });
});
