import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WhatsappConnector } from './whatsapp.connector';
import { hexDigest } from './message-content';
import { readSettings } from './whatsapp.settings';

const SECRET = 'meta_app_secret_0123456789abcdef';
const GOOD = 'sha256=78f134d884d1b2e5bd2a12145b2af51c078a5e2d9aee234aeb1bbbd7b4ebc543';
const wire = readFileSync(join(__dirname, '__fixtures__', 'text.wire.txt'));
const connector = new WhatsappConnector();
const door = connector.door();

describe('door', () => {
  const verify = (header: string | undefined, body: Buffer = wire, secret = SECRET) =>
    door.verify({ method: 'POST', url: '/webhooks/meta', headers: { 'x-hub-signature-256': header }, body }, secret);

  it('believes the recorded bytes', () => expect(verify(GOOD)).toBe(true));

  it.each<[string, string | undefined, Buffer, string]>([
    ['no header', undefined, wire, SECRET],
    ['another secret', GOOD, wire, 'another'],
    ['an empty secret', GOOD, wire, ''],
    ['two headers joined', `${GOOD}, ${GOOD}`, wire, SECRET],
    ['one digit short', GOOD.slice(0, -1), wire, SECRET],
    ['a re-serialised body', GOOD, Buffer.from(JSON.stringify(JSON.parse(wire.toString('utf8')))), SECRET],
  ])('refuses %s', (_, header, body, secret) => expect(verify(header, body, secret)).toBe(false));

  it('answers the handshake with the challenge, and only with its own token', () => {
    const ask = (over: Record<string, string>, verifyToken = 'token') =>
      door.handshake?.(
        new URLSearchParams({
          'hub.mode': 'subscribe',
          'hub.challenge': '1158201444',
          'hub.verify_token': 'token',
          ...over,
        }),
        { verifyToken },
      );
    expect(ask({})).toBe('1158201444');
    expect(ask({ 'hub.verify_token': 'other' })).toBeNull();
    expect(ask({ 'hub.challenge': '<script>' })).toBeNull();
    expect(ask({ 'hub.verify_token': '' }, '')).toBeNull();
  });

  it('shares the address with Facebook and Instagram and reads only its own', () => {
    expect(door).toMatchObject({ path: 'meta', address: 'shared', secret: 'appSecret' });
    expect(connector.reads(JSON.parse(wire.toString('utf8')))).toBe(true);
    expect(connector.reads([{ object: 'whatsapp_business_account' }])).toBe(true);
    expect(connector.reads({ object: 'page' })).toBe(false);
    expect(connector.reads(null)).toBe(false);
  });
});

describe('settings', () => {
  it('have a default for each that can have one, and it fits', () => {
    const defaults = Object.fromEntries(connector.settingFields().map(({ name, default: value }) => [name, value]));
    expect(connector.checkSettings('whatsapp', defaults)).toEqual([]);
    expect(readSettings({})).toEqual({ ...defaults, wabaId: undefined });
    expect(readSettings(defaults)).toEqual(readSettings({}));
  });

  it('are told by field when they are wrong', () => {
    const wrong = {
      wabaId: 'abc',
      graphVersion: '26',
      timeoutMs: -1,
      textLimit: 'x',
      previewLinks: 'yes',
      imageTypes: 'image/png',
      mediaHosts: [],
    };
    expect(connector.checkSettings('whatsapp', wrong).map(({ path }) => path)).toEqual([
      'wabaId',
      'graphVersion',
      'timeoutMs',
      'textLimit',
      'previewLinks',
      'imageTypes',
      'mediaHosts',
    ]);
    expect(readSettings({ ...wrong, wabaId: ' ' })).toMatchObject({
      timeoutMs: 15_000,
      textLimit: 4096,
      wabaId: undefined,
    });
  });

  it('the text limit the composer shows is the one that holds by default', () =>
    expect(connector.capabilities('whatsapp').dm?.textLimit.max).toBe(readSettings({}).textLimit));
});

it('a digest is hex, whichever way it is written', () => {
  const bytes = Buffer.alloc(32, 0xab);
  expect(hexDigest(bytes.toString('base64'))).toBe('ab'.repeat(32));
  expect(hexDigest('AB'.repeat(32))).toBe('ab'.repeat(32));
  expect(hexDigest('nonsense')).toBeUndefined();
});
