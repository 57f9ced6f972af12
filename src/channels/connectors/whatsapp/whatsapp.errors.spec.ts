import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf, outcomeOf, readWhatsappError } from './whatsapp.errors';

const load = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8')) as unknown;
const of = (body: unknown, status = 400, regainMs?: number) => outcomeOf(readWhatsappError(body, status), regainMs);
const code = (number: number, over: object = {}) => ({ error: { code: number, message: 'x', ...over } });

describe('recorded errors', () => {
  it('the pair’s rate: this message waits, longer after each try', () => {
    const outcome = of(load('error_pair_rate_limit'));
    expect(outcome).toMatchObject({ status: 'retry', code: 'pair_rate_limited' });
    expect(outcome).not.toHaveProperty('scope');
    expect(outcome).not.toHaveProperty('afterMs');
    expect(outcome.reason).toContain('too many messages sent from this phone number');
    expect(outcome.reason).toContain('AinventedTraceId7890');
  });

  it('the number’s throughput: the whole channel waits', () =>
    expect(of(load('error_throughput'))).toMatchObject({
      status: 'retry',
      code: 'rate_limited',
      scope: 'channel',
      afterMs: 10_000,
    }));

  it('the token asks for reconnecting', () =>
    expect(of(load('error_token'), 401)).toMatchObject({ status: 'reconnect', code: 'token_invalid' }));
});

describe('every code of the table', () => {
  const table: [number[], object][] = [
    [[0, 190], { status: 'reconnect', code: 'token_invalid' }],
    [[3, 10, 131005, 200, 299], { status: 'failed', code: 'permission_missing', fix: 'admin' }],
    [[33], { status: 'failed', code: 'number_gone', fix: 'admin' }],
    [[100, 131008, 131009], { status: 'failed', code: 'bad_request', fix: 'agent' }],
    [[368, 131031], { status: 'reconnect', code: 'account_restricted' }],
    [[130497], { status: 'failed', code: 'country_restricted', fix: 'none' }],
    [[4, 80007, 130429, 131048, 131064, 133016, 132069], { status: 'retry', code: 'rate_limited', scope: 'channel' }],
    [[131056], { status: 'retry', code: 'pair_rate_limited' }],
    [[1, 2], { status: 'unknown' }],
    [[131000, 131016, 131057, 2494100], { status: 'retry', code: 'unavailable' }],
    [[130403], { status: 'failed', code: 'blocked_by_us', fix: 'agent' }],
    [[130472], { status: 'failed', code: 'held_back', fix: 'none' }],
    [[131021], { status: 'failed', code: 'same_number' }],
    [[131026], { status: 'failed', code: 'undeliverable', fix: 'none' }],
    [[131037], { status: 'failed', code: 'display_name', fix: 'admin' }],
    [[131042], { status: 'failed', code: 'payment', fix: 'admin' }],
    [[131045, 133010], { status: 'failed', code: 'not_registered', fix: 'admin' }],
    [[131047], { status: 'failed', code: 'window_closed', fix: 'agent' }],
    [[131049], { status: 'failed', code: 'held_back', fix: 'agent' }],
    [[131050], { status: 'failed', code: 'opted_out', fix: 'none' }],
    [[131051], { status: 'failed', code: 'unsupported_type' }],
    [[131052, 131053], { status: 'failed', code: 'attachment_refused' }],
    [[132000, 132005, 132012], { status: 'failed', code: 'template_refused', fix: 'agent' }],
    [[132001, 132007, 132015, 132016], { status: 'failed', code: 'template_refused', fix: 'admin' }],
    [[132068], { status: 'failed', code: 'flow_blocked', fix: 'admin' }],
    [[999999], { status: 'failed', code: 'whatsapp_999999', fix: 'admin' }],
  ];
  it.each(table.flatMap(([codes, outcome]) => codes.map((one) => [one, outcome] as const)))('%s', (one, outcome) =>
    expect(of(code(one))).toMatchObject(outcome),
  );

  it('what a spam rate costs is hours', () => expect(of(code(131048))).toMatchObject({ afterMs: 3 * 3_600_000 }));

  it('the headers may ask for more', () => {
    expect(of(code(80007), 400, 600_000)).toMatchObject({ afterMs: 600_000, scope: 'channel' });
    expect(of(code(131056), 429, 4000)).toMatchObject({ afterMs: 4000 });
    expect(of(code(130429), 400, 1000)).toMatchObject({ afterMs: 10_000 });
  });
});

describe('what tells two meanings of one code apart', () => {
  it.each<[string, unknown, number, object]>([
    ['a missing object is the number', code(100, { error_subcode: 33 }), 400, { code: 'number_gone' }],
    ['200 without being let in is the token', code(200), 401, { status: 'reconnect' }],
    ['200 otherwise is a permission', code(200), 403, { code: 'permission_missing' }],
    ['no body under 401 is the token', undefined, 401, { status: 'reconnect' }],
    ['no body under 429 is a rate', undefined, 429, { status: 'retry', scope: 'channel' }],
    ['no body under 503 is doubt', undefined, 503, { status: 'unknown' }],
    ['an unknown code under 500 is doubt', code(424242), 500, { status: 'unknown' }],
    ['an unknown transient code is doubt', code(424242, { is_transient: true }), 400, { status: 'unknown' }],
    ['a page of a proxy under 404 is a refusal', 'not found', 404, { status: 'failed', code: 'whatsapp_0' }],
    ['an error as a bare string', { error: 'invalid_request' }, 400, { status: 'failed' }],
  ])('%s', (_, body, status, outcome) => expect(of(body, status)).toMatchObject(outcome));

  it('no secret gets into a reason', () => {
    const body = code(190, { message: 'Malformed access token EAAGsecret' });
    expect(JSON.stringify(of(body, 401))).not.toContain('EAAGsecret');
  });
});

describe('a failed status', () => {
  it.each<[unknown, string, RegExp]>([
    [
      { code: 131047, error_data: { details: 'more than 24 hours' } },
      'window_closed',
      /approved template.*131047: more/,
    ],
    [{ code: 131026, title: 'Message undeliverable' }, 'undeliverable', /131026: Message undeliverable/],
    [{ code: 131000, title: 'Something went wrong' }, 'unavailable', /131000/],
    [{ code: 1, title: 'Unknown' }, 'whatsapp_1', /could not deliver/],
    [{ code: 777, title: 'New' }, 'whatsapp_777', /777: New/],
    [undefined, 'failed', /does not say why/],
    ['x', 'failed', /does not say why/],
  ])('%j', (error, name, message) =>
    expect(failureOf(error)).toMatchObject({ code: name, message: expect.stringMatching(message) as string }),
  );

  it.each<[number, object | undefined]>([
    [131000, { is: 'again' }],
    [131016, { is: 'again' }],
    [1, { is: 'again' }],
    [131056, { is: 'again' }],
    [130429, { is: 'again', afterMs: 10_000, whole: true }],
    [131048, { is: 'again', afterMs: 10_800_000, whole: true }],
    [368, { is: 'reconnect' }],
    [131031, { is: 'reconnect' }],
    [131026, undefined],
    [131047, undefined],
    [777, undefined],
  ])('%i is helped as it would be in an answer', (code, remedy) => expect(failureOf({ code }).remedy).toEqual(remedy));
});
