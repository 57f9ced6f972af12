import { frameAncestors, mayEmbed, readableOn, webchatSettings } from './webchat.settings';

describe('settings of a web chat', () => {
  it('fall back where an admin wrote nothing or nonsense', () => {
    const fallback = webchatSettings({});
    expect(fallback).toMatchObject({
      title: null,
      locale: null,
      color: '#0f5c5c',
      identity: 'verify',
      allowedOrigins: null,
    });
    expect(
      webchatSettings({ color: 'red;}</style>', locale: 'xx', identity: 'maybe', newVisitorsPerHour: -3, title: '  ' }),
    ).toEqual(fallback);
  });

  it('greets in one language or in both', () => {
    expect(webchatSettings({ greeting: 'Hi' }).greeting).toEqual({ fa: 'Hi', en: 'Hi' });
    expect(webchatSettings({ greeting: { fa: 'سلام' } }).greeting).toEqual({ fa: 'سلام', en: null });
  });

  it('close the widget when the list of sites holds nothing usable', () => {
    const { allowedOrigins } = webchatSettings({ allowedOrigins: ['https://x; script-src *', 'shop.example', 7] });
    expect(allowedOrigins).toEqual([]);
    expect(frameAncestors(allowedOrigins)).toBe("'self'");
    expect(mayEmbed(allowedOrigins, 'https://shop.example')).toBe(false);
  });
});

describe('who may embed the widget', () => {
  const list = ['https://shop.example', 'https://*.brand.example', 'http://localhost:8080'];

  it.each([
    ['a listed site', 'https://shop.example', true],
    ['the same host without TLS', 'http://shop.example', false],
    ['another port of it', 'https://shop.example:8443', false],
    ['its own port written out', 'https://shop.example:443', true],
    ['a subdomain of a site listed without star', 'https://evil.shop.example', false],
    ['a site that ends alike', 'https://notshop.example', false],
    ['a subdomain under a star', 'https://www.brand.example', true],
    ['a deeper subdomain under a star', 'https://a.b.brand.example', true],
    ['the bare domain of a star', 'https://brand.example', false],
    ['a listed port', 'http://localhost:8080', true],
    ['an opaque origin', 'null', false],
    ['nothing', '', false],
  ])('%s', (_, origin, allowed) => expect(mayEmbed(list, origin)).toBe(allowed));

  it('is anybody where there is no list', () => {
    expect(mayEmbed(null, 'https://anywhere.example')).toBe(true);
    expect(frameAncestors(null)).toBe('*');
    expect(frameAncestors(list)).toBe("'self' https://shop.example https://*.brand.example http://localhost:8080");
  });
});

it.each([
  ['#0f5c5c', '#ffffff'],
  ['#ffd400', '#000000'],
  ['#000000', '#ffffff'],
  ['#ffffff', '#000000'],
])('text on %s is %s', (color, text) => expect(readableOn(color)).toBe(text));
