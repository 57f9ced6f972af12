import { ApiError, queryString, request, requestAll, setCsrfToken, whenSignedOut } from './client';

type Handler = (url: string, init: RequestInit) => Response | Promise<Response>;

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

function answerWith(handler: Handler) {
  return jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => handler(url as string, init ?? {}));
}

afterEach(() => {
  jest.restoreAllMocks();
  setCsrfToken(null);
  whenSignedOut(() => {});
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: ApiError) => error,
  );

it('carries the token on changes and not on reads', async () => {
  const seen: [string | undefined, string | null][] = [];
  answerWith((_url, init) => {
    seen.push([init.method, new Headers(init.headers).get('x-csrf-token')]);
    return json(200, {});
  });
  setCsrfToken('secret');
  await request('/tickets');
  await request('/tickets/t1/status', { method: 'PUT', body: { status: 'solved' } });
  expect(seen).toEqual([
    ['GET', null],
    ['PUT', 'secret'],
  ]);
});

it('tells a refusal with its code, details and fields', async () => {
  answerWith(() =>
    json(422, {
      error: {
        code: 'validation_failed',
        message: 'Please correct: name.',
        details: { fields: [{ path: 'name', problem: 'is empty' }] },
      },
    }),
  );
  const error = await refusal(request('/teams', { method: 'POST', body: {} }));
  expect(error).toMatchObject({
    status: 422,
    code: 'validation_failed',
    fields: [{ path: 'name', problem: 'is empty' }],
  });
});

it('tells how long to wait even when only the header says so', async () => {
  answerWith(() => json(429, { error: { code: 'rate_limited', message: '' } }, { 'retry-after': '90' }));
  expect((await refusal(request('/auth/login', { method: 'POST', body: {} })))?.details).toEqual({
    retryAfterSeconds: 90,
  });
});

it('a server that cannot be reached is a refusal of its own', async () => {
  answerWith(() => Promise.reject(new TypeError('network')));
  expect(await refusal(request('/tickets'))).toMatchObject({ status: 0, code: 'unreachable' });
});

it('a page of an unwell proxy is not mistaken for an answer', async () => {
  answerWith(() => new Response('<html>Bad gateway</html>', { status: 502, statusText: 'Bad Gateway' }));
  expect(await refusal(request('/tickets'))).toMatchObject({
    status: 502,
    code: 'unavailable',
    message: 'Bad Gateway',
  });
});

it('an ended session is noticed by any request but those that ask about it', async () => {
  answerWith(() => json(401, { error: { code: 'unauthenticated', message: '' } }));
  const ended = jest.fn();
  whenSignedOut(ended);
  await refusal(request('/auth/session'));
  expect(ended).not.toHaveBeenCalled();
  await refusal(request('/tickets'));
  expect(ended).toHaveBeenCalledTimes(1);
});

it('an empty answer is null', async () => {
  answerWith(() => new Response(null, { status: 204 }));
  await expect(request('/auth/logout', { method: 'POST' })).resolves.toBeNull();
});

it('reads a list to its end', async () => {
  answerWith((url) =>
    url.includes('cursor=b%2F2')
      ? json(200, { items: [3], nextCursor: null })
      : json(200, { items: [1, 2], nextCursor: 'b/2' }),
  );
  await expect(requestAll('/jobs?state=parked')).resolves.toEqual([1, 2, 3]);
});

it('leaves empty filters out of the address', () => {
  expect(queryString({ view: 'mine', q: '', status: undefined, cursor: null, limit: 50 })).toBe('?view=mine&limit=50');
  expect(queryString({})).toBe('');
});
