import { type TestApp, eventually, startApp } from '../harness';
import { metaBytes, metaSignature } from '../simulators/meta/wire';

const SECRET = 'meta_app_secret_0123456789abcdef';

describe('a signed comment becomes a ticket', () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp();
    await t.owner.post('/channels', {
      kind: 'facebook',
      name: 'Harbour page',
      externalId: '104857213906412',
      credentials: { accessToken: 'token', appSecret: SECRET, verifyToken: 'verify' },
      settings: { apiBaseUrl: 'http://127.0.0.1:2' }, // nobody listens there
    });
  });
  afterAll(() => t?.close());

  it('shows it in the list', async () => {
    const bytes = metaBytes({
      object: 'page',
      entry: [
        {
          id: '104857213906412',
          time: 1795164125,
          changes: [
            {
              field: 'feed',
              value: {
                item: 'comment',
                verb: 'add',
                comment_id: '1_2',
                post_id: '104857213906412_1',
                parent_id: '104857213906412_1',
                from: { id: '77', name: 'نگار رستمی' },
                message: 'سلام! قیمت چنده؟',
                created_time: 1795164100,
              },
            },
          ],
        },
      ],
    });
    const send = (signature: string) =>
      fetch(`${t.url}/webhooks/meta`, {
        method: 'POST',
        body: new Uint8Array(bytes),
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      });
    expect((await send('sha256=' + '0'.repeat(64))).status).toBe(401);
    expect((await send(metaSignature(SECRET, bytes))).status).toBe(200);
    expect((await send(metaSignature(SECRET, bytes))).status).toBe(200);
    const list = await eventually(async () => {
      const body = await t.owner.get<{ items: { preview: string }[] }>('/tickets?view=all');
      return body.items.length > 0 && body;
    });
    expect(list.items).toHaveLength(1);
    expect(list.items[0]).toMatchObject({ preview: 'سلام! قیمت چنده؟', kind: 'comment' });
  });
});
