import { Headers } from 'undici';
import type { HttpAnswer } from '../../egress';
import { changeOutcomeOf, retryAfterMs, sendOutcomeOf } from './service-outcomes';

const NOW = 1_795_164_122_000;
const answer = (status: number, json: unknown = {}, headers: Record<string, string> = {}): HttpAnswer => ({
  kind: 'answer',
  status,
  ok: status >= 200 && status < 300,
  headers: new Headers(headers),
  text: '',
  json,
});
const cut: HttpAnswer = { kind: 'no_answer', reached: true, reason: 'broke' };
const unreached: HttpAnswer = { kind: 'no_answer', reached: false, reason: 'refused' };

it.each<[string, HttpAnswer, object]>([
  ['sent', answer(200, { externalId: 'm-1' }), { status: 'sent', externalId: 'm-1' }],
  ['sent, the id a number', answer(201, { externalId: 17 }), { status: 'sent', externalId: '17' }],
  ['sent without a name', answer(200, {}), { status: 'unknown' }],
  ['taken for later', answer(202, {}), { status: 'unknown' }],
  ['taken for later and named', answer(202, { externalId: 'm-1' }), { status: 'sent', externalId: 'm-1' }],
  ['sent before', answer(409, { externalId: 'm-1' }), { status: 'sent', externalId: 'm-1' }],
  ['sent before, but as what?', answer(409, {}), { status: 'unknown' }],
  [
    'the person is gone',
    answer(410, { code: 'left', reason: 'They left.' }),
    { status: 'failed', code: 'left', fix: 'none' },
  ],
  ['refused', answer(422, { code: 'rude', reason: 'Rude.' }), { status: 'failed', code: 'rude', fix: 'agent' }],
  [
    'refused, for an admin',
    answer(422, { code: 'plan', fix: 'admin' }),
    { status: 'failed', code: 'plan', fix: 'admin' },
  ],
  ['too large', answer(413), { status: 'failed', code: 'http_413', fix: 'agent' }],
  ['the signature', answer(401), { status: 'reconnect', code: 'http_401' }],
  ['slow down', answer(429, {}, { 'retry-after': '17' }), { status: 'retry', afterMs: 17_000, scope: 'channel' }],
  ['slow down with this one', answer(429, { scope: 'message' }), { status: 'retry', scope: 'message' }],
  [
    'closed for a while',
    answer(503, { code: 'maintenance' }, { 'retry-after': '60' }),
    { status: 'retry', code: 'maintenance', afterMs: 60_000 },
  ],
  ['a failure', answer(500), { status: 'unknown' }],
  ['a gateway that waited', answer(504), { status: 'unknown' }],
  ['an address that is none', answer(404), { status: 'failed', code: 'http_404', fix: 'admin' }],
  ['a page instead of JSON', answer(418, undefined), { status: 'failed', fix: 'admin' }],
  ['a code that is no code', answer(422, { code: '<script>' }), { status: 'failed', code: 'http_422' }],
  ['a connection that broke', cut, { status: 'unknown' }],
  ['a connection that never was', unreached, { status: 'retry' }],
])('%s', (_name, told, expected) => expect(sendOutcomeOf(told, NOW)).toMatchObject(expected));

it.each<[string, HttpAnswer, object]>([
  ['done', answer(204, undefined), { status: 'sent', externalId: 'm-1' }],
  ['in doubt', cut, { status: 'retry' }],
  ['failed', answer(500), { status: 'retry' }],
  ['refused', answer(422, { code: 'too_old' }), { status: 'failed', code: 'too_old' }],
])('a change that is %s', (_name, told, expected) => expect(changeOutcomeOf(told, 'm-1', NOW)).toMatchObject(expected));

it.each<[string | null, number | undefined]>([
  [null, undefined],
  ['0', 0],
  ['90', 90_000],
  ['9999999', 3_600_000],
  ['Fri, 20 Nov 2026 08:42:32 GMT', 30_000],
  ['Fri, 20 Nov 2020 08:42:32 GMT', 0],
  ['soon', undefined],
])('Retry-After %s is %s ms', (header, expected) => expect(retryAfterMs(header, NOW)).toBe(expected));
