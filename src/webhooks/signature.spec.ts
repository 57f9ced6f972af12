import { newSecret, signedHeaders } from './signature';

describe('a signed delivery', () => {
  it('is the specification’s own example', () => {
    const body = '{"test": 2432232314}';
    const at = new Date(1_614_265_330_000);
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', at, body, [secret])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('carries one signature for each secret while one replaces the other', () => {
    const secrets = [newSecret(), newSecret()];
    const at = new Date('2026-03-21T00:00:00.999Z');
    const both = signedHeaders('msg_1', at, 'سلام', secrets)['webhook-signature']!.split(' ');
    const each = secrets.map((secret) => signedHeaders('msg_1', at, 'سلام', [secret])['webhook-signature']);
    expect(both).toEqual(each);
    expect(both[0]).not.toBe(both[1]);
  });

  it('has secrets of 32 bytes', () => {
    expect(Buffer.from(newSecret().slice('whsec_'.length), 'base64')).toHaveLength(32);
  });
});
