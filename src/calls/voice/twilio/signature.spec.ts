import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signedByTwilio, twilioSignature } from './signature';

interface Vector {
  platform: string;
  name: string;
  secret: string;
  url: string;
  params?: Record<string, string>;
  body?: string;
  value: string;
}

const { vectors } = JSON.parse(
  readFileSync(join(__dirname, '../../../../test/expectations/answers/signature-vectors.json'), 'utf8'),
) as { vectors: Vector[] };

describe('a published vector', () => {
  const cases = vectors.filter(({ platform }) => platform === 'twilio');

  it.each(cases)('fits: $name', ({ url, params, body, secret, value }) => {
    const bytes = Buffer.from(body ?? new URLSearchParams(params).toString());
    const request = { url, body: bytes, signature: value, form: params !== undefined };
    expect(signedByTwilio(request, secret)).toBe(true);
    expect(signedByTwilio({ ...request, body: Buffer.concat([bytes, Buffer.from('&x=1')]) }, secret)).toBe(false);
    expect(signedByTwilio({ ...request, url: url.replace('care.', 'cart.') }, secret)).toBe(false);
    expect(signedByTwilio({ ...request, signature: value.replace(/^./, 'x') }, secret)).toBe(false);
  });

  it('is there for a form and for JSON', () => expect(cases).toHaveLength(2));
});

describe('a signature', () => {
  const token = 'a token';
  const url = 'https://care.example/webhooks/voice/7?step=status&attempt=a%20b';
  const body = Buffer.from('CallSid=CA1&CallStatus=completed&To=%2B98912');
  const signature = twilioSignature(token, `${url}CallSidCA1CallStatuscompletedTo+98912`);
  const request = { url, body, signature, form: true };

  it('fits', () => expect(signedByTwilio(request, token)).toBe(true));

  it.each([
    ['another token', request, 'another'],
    ['no token', request, ''],
    ['no signature', { ...request, signature: undefined }, token],
    ['a changed field', { ...request, body: Buffer.from('CallSid=CA1&CallStatus=busy&To=%2B98912') }, token],
    ['a field more', { ...request, body: Buffer.concat([body, Buffer.from('&Digits=1')]) }, token],
    ['another attempt', { ...request, url: url.replace('a%20b', 'c') }, token],
    ['another path', { ...request, url: url.replace('voice/7', 'voice/8') }, token],
    [
      'another order of the query',
      { ...request, url: url.replace('step=status&attempt=a%20b', 'attempt=a%20b&step=status') },
      token,
    ],
    ['a body nobody vouches for', { ...request, form: false }, token],
  ])('does not fit %s', (_, given, secret) => expect(signedByTwilio(given, secret)).toBe(false));

  it('covers repeated fields once each, sorted', () => {
    const twice = { ...request, body: Buffer.from('A=2&A=1&A=2') };
    expect(signedByTwilio({ ...twice, signature: twilioSignature(token, `${url}A1A2`) }, token)).toBe(true);
  });

  it('may be of the address with its port written out', () => {
    const ported = url.replace('care.example', 'care.example:443');
    const fields = 'CallSidCA1CallStatuscompletedTo+98912';
    expect(signedByTwilio({ ...request, signature: twilioSignature(token, ported + fields) }, token)).toBe(true);
  });
});
