import { createHash } from 'node:crypto';
import { type ApiCall, type ApiContext, invalid, problem, recordOf, text, XRefusal } from './api-call';

/** `/2/media/upload…`: begin, append, finalize, ask. A film is ready only when it is asked for the second time. */
export function uploadMedia({ uploads, world }: ApiContext, { method, path, query, body, raw }: ApiCall): object {
  const [, , id = '', step] = path;
  if (method === 'POST' && id === 'initialize') {
    const mediaId = world.nextId();
    const category = text(body['media_category']) ?? '';
    const type = text(body['media_type']) ?? '';
    if (!/^(?:image|video)\//.test(type)) throw invalid('The media type is not supported.');
    uploads.set(mediaId, { type, category, parts: [], total: Number(body['total_bytes']), checks: 0, ready: false });
    return { data: { id: mediaId, expires_after_secs: 86_400 } };
  }
  const file = uploads.get(method === 'GET' ? (query.get('media_id') ?? '') : id);
  if (!file) throw invalid('The media id is not known.');
  if (step === 'append') {
    const start = raw.indexOf('\r\n\r\n', raw.indexOf('name="media"')) + 4;
    file.parts.push(raw.subarray(start, raw.lastIndexOf('\r\n--')));
    return {};
  }
  if (step === 'finalize') {
    if (Buffer.concat(file.parts).length !== file.total) throw invalid('The parts are not as long as was said.');
    if (!file.category.endsWith('video')) file.ready = true;
    return file.ready ? { data: { id } } : { data: { id, processing_info: { state: 'pending', check_after_secs: 0 } } };
  }
  file.checks += 1;
  file.ready = file.checks > 1;
  const state = file.ready ? 'succeeded' : 'in_progress';
  return { data: { id: query.get('media_id'), processing_info: { state, check_after_secs: 0 } } };
}

export async function webhooks({ app, deliveries }: ApiContext, { method, path, body }: ApiCall): Promise<object> {
  const [, id] = path;
  if (method === 'POST' && id === 'replay') {
    const webhookId = text(body['webhook_id']) ?? '';
    if (!app.webhooks.some((webhook) => webhook.id === webhookId))
      throw problem(400, 'WebhookIdInvalid', 'invalid-request');
    const [from, to] = [minute(body['from_date']), minute(body['to_date'])];
    if (from === undefined || to === undefined || from > to) throw invalid('Dates are yyyymmddhhmm.');
    const jobId = deliveries.replay(webhookId, from, to + 59_999);
    return { data: { job_id: jobId, created_at: new Date().toISOString() } };
  }
  if (method === 'GET') return { data: app.webhooks, meta: { result_count: app.webhooks.length } };
  if (method === 'POST') {
    const url = text(body['url']) ?? '';
    if (!URL.canParse(url)) throw problem(400, 'UrlValidationFailed', 'invalid-request');
    if (app.webhooks.some((webhook) => webhook.url === url))
      throw problem(400, 'DuplicateUrlFailed', 'invalid-request');
    const webhook = app.addWebhook(url, false);
    if (await app.check(webhook)) return { data: webhook };
    app.webhooks.splice(app.webhooks.indexOf(webhook), 1);
    throw problem(400, 'CrcValidationFailed', 'invalid-request');
  }
  const webhook = app.webhooks.find((item) => item.id === id);
  if (!webhook) throw problem(400, 'WebhookIdInvalid', 'invalid-request');
  if (method === 'DELETE') app.webhooks.splice(app.webhooks.indexOf(webhook), 1);
  else await app.check(webhook);
  return { data: { valid: webhook.valid } };
}

/** `yyyymmddhhmm`, UTC. */
function minute(value: unknown): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/
    .exec(text(value) ?? '')
    ?.slice(1)
    .map(Number);
  return parts ? Date.UTC(parts[0]!, parts[1]! - 1, parts[2], parts[3], parts[4]) : undefined;
}

/** Private event types need the account's own token. */
const PUBLIC_TYPES = ['post.create', 'post.delete'];

export function subscriptions({ app }: ApiContext, { method, path, body, userId }: ApiCall): object {
  const id = path[2];
  if (method === 'GET') return { data: app.subscriptions, meta: { total_subscriptions: app.subscriptions.length } };
  if (method === 'POST') {
    const event_type = text(body['event_type']) ?? '';
    const user_id = text(recordOf(body['filter'])['user_id']);
    const webhook_id = text(body['webhook_id']) ?? '';
    if (!app.webhooks.some((webhook) => webhook.id === webhook_id))
      throw problem(400, 'WebhookIdInvalid', 'invalid-request');
    if (!PUBLIC_TYPES.includes(event_type) && userId !== user_id)
      throw problem(403, 'Forbidden', 'not-authorized-for-resource', 'Private events need the user’s authorisation.');
    const tag = text(body['tag']);
    return { data: app.subscribe({ event_type, filter: user_id === undefined ? {} : { user_id }, tag, webhook_id }) };
  }
  const index = app.subscriptions.findIndex(({ subscription_id }) => subscription_id === id);
  if (index < 0) throw invalid('There is no such subscription.');
  app.subscriptions.splice(index, 1);
  return { data: { deleted: true } };
}

/** `POST /2/oauth2/token`: codes with PKCE, and refresh tokens that are good once. */
export function token({ app }: ApiContext, { body, authorization }: ApiCall): object {
  const { clientId, clientSecret } = app.settings;
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  if (authorization !== basic || body['client_id'] !== clientId) throw new XRefusal(401, { error: 'invalid_client' });
  const granted =
    body['grant_type'] === 'refresh_token' ? app.spend(text(body['refresh_token']) ?? '') : byCode(app, body);
  if (!granted)
    throw new XRefusal(400, { error: 'invalid_grant', error_description: 'The token is not valid any more.' });
  const { accessToken, refreshToken, scope } = granted;
  return { token_type: 'bearer', expires_in: 7200, access_token: accessToken, refresh_token: refreshToken, scope };
}

function byCode(app: ApiContext['app'], body: ApiCall['body']) {
  const name = text(body['code']) ?? '';
  const code = app.codes.get(name);
  const challenge = createHash('sha256')
    .update(text(body['code_verifier']) ?? '')
    .digest('base64url');
  if (!code || code.challenge !== challenge || code.redirectUri !== body['redirect_uri']) return undefined;
  app.codes.delete(name);
  return app.grant(code.userId);
}
