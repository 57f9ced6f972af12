import { type ContactFields, e164, filledFields, mergedFields, partedFields, phoneBeginnings } from './contact';

describe('e164', () => {
  it.each([
    ['an Iranian mobile as dialled', '0912 123 4567', '+989121234567'],
    ['with Persian digits', '۰۹۱۲۱۲۳۴۵۶۷', '+989121234567'],
    ['with Arabic digits', '٠٩١٢١٢٣٤٥٦٧', '+989121234567'],
    ['without the leading zero', '9121234567', '+989121234567'],
    ['with the country code', '+98 912 123 4567', '+989121234567'],
    ['from another country', '+1 415 555 2671', '+14155552671'],
    ['an order number', '48213', null],
    ['no number at all', 'فردا زنگ بزنید', null],
  ])('%s', (_, written, expected) => expect(e164(written)).toBe(expected));
});

describe('phoneBeginnings', () => {
  it.each([
    ['as dialled', '0912 12', ['+9891212']],
    ['with Persian digits', '۰۹۱۲', ['+98912']],
    ['without the zero, or with the country code', '98912', ['+98912', '+9898912']],
    ['from abroad', '0098912', ['+98912']],
    ['with a plus', '+1 (415) 555', ['+1415555']],
    ['too short to be one', '09', []],
    ['a name', 'omar', []],
    ['an address', '0912@x.test', []],
  ])('%s', (_, typed, beginnings) => expect(phoneBeginnings(typed)).toEqual(beginnings));
});

describe('mergedFields', () => {
  const empty: ContactFields = {
    name: null,
    email: null,
    emailVerifiedAt: null,
    phone: null,
    phoneVerifiedAt: null,
    locale: null,
    tier: null,
  };
  const verified = new Date('2026-11-22T00:00:00Z');
  it('keeps the own address with its own verification', () => {
    const stays = { ...empty, email: 'a@example.test' };
    const goes = { ...empty, email: 'b@example.test', emailVerifiedAt: verified };
    expect(mergedFields(stays, goes)).toMatchObject({ email: 'a@example.test', emailVerifiedAt: null });
  });
  it('takes what it lacks, with its verification', () => {
    expect(
      mergedFields(empty, { ...empty, phone: '+98912', phoneVerifiedAt: verified, name: 'omar', tier: 'vip' }),
    ).toMatchObject({
      name: 'omar',
      tier: 'vip',
      phone: '+98912',
      phoneVerifiedAt: verified,
    });
  });

  it('parting takes back what was given and is as it was given, and nothing else', () => {
    const stays = { ...empty, name: 'Sara', tier: '' };
    const goes = {
      ...empty,
      name: 'S.',
      phone: '+98912',
      phoneVerifiedAt: verified,
      email: 'b@example.test',
      tier: 'vip',
    };
    const given = filledFields(stays, goes);
    expect(given).toEqual(['tier', 'email', 'phone']);
    const merged = {
      ...mergedFields({ ...stays, tier: null }, goes),
      email: 'c@example.test',
      emailVerifiedAt: verified,
    };
    expect(partedFields(merged, goes, given)).toEqual({
      ...empty,
      name: 'Sara',
      email: 'c@example.test',
      emailVerifiedAt: verified,
    });
    expect(partedFields(merged, goes, [])).toEqual(merged);
  });
});
