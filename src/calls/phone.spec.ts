import { checkNumber, maskedPhone, telLink } from './phone';

describe('a phone number', () => {
  it.each([
    ['Persian digits', '۰۹۱۲۳۴۵۶۷۸۹', '+989123456789', 'IR'],
    ['Arabic digits', '٠٩١٢٣٤٥٦٧٨٩', '+989123456789', 'IR'],
    ['as it is dialled at home', '0912 345 6789', '+989123456789', 'IR'],
    ['without the zero', '9123456789', '+989123456789', 'IR'],
    ['with 00', '00989123456789', '+989123456789', 'IR'],
    ['copied with direction marks', '\u202a+98 912 345 6789\u202c', '+989123456789', 'IR'],
    ['a landline in Tehran', '۰۲۱-۸۸۷۷۶۶۵۵', '+982188776655', 'IR'],
    ['from abroad', '+44 20 7946 0958', '+442079460958', 'GB'],
  ])('%s', (_, raw, e164, country) => {
    expect(checkNumber(raw, 'IR')).toEqual({ ok: true, phone: { e164, raw: raw.trim(), country } });
  });

  it.each([
    ['words', 'call me'],
    ['a digit short', '0912345678'],
    ['a digit long', '091234567890'],
    ['nothing', ''],
    ['far too short', '123'],
    ['a range nobody was given', '+1 555 555'],
  ])('is refused: %s', (_, raw) => {
    expect(checkNumber(raw, 'IR').ok).toBe(false);
  });

  it('is masked so that nobody can call it', () => {
    expect(maskedPhone('+989123456789')).toBe('+98912•••6789');
    expect(maskedPhone('+12125550')).toMatch(/•{3}/);
  });

  it('is linked in the plainest way', () => expect(telLink('+982188776655')).toBe('tel:+982188776655'));
});
