import { bySurest, type Known, likeness, type Likeness, marksOf } from './duplicate';

const known = (change: Partial<Known>): Known => ({ name: null, email: null, phone: null, identities: [], ...change });
const identity = (externalId: string, handle: string | null = null, name: string | null = null) => ({
  externalId,
  handle,
  name,
});

describe('likeness', () => {
  it.each<[string, Partial<Known>, Partial<Known>, Likeness[]]>([
    ['the same number', { phone: '+989121234567' }, { phone: '+989121234567' }, ['phone']],
    [
      'a number that is a WhatsApp account',
      { phone: '+989121234567' },
      { identities: [identity('989121234567')] },
      ['phone'],
    ],
    [
      'a number written as a handle',
      { phone: '+989121234567' },
      { identities: [identity('x', '+98 912 123 4567')] },
      ['phone'],
    ],
    ['an address in another case', { email: 'Sara@Harbour.test' }, { email: 'sara@harbour.test' }, ['email']],
    [
      'an address that is a mailbox',
      { email: 'sara@harbour.test' },
      { identities: [identity('Sara@harbour.test')] },
      ['email'],
    ],
    [
      'one account at two of our bots',
      { identities: [identity('70012345')] },
      { identities: [identity('70012345')] },
      ['account'],
    ],
    [
      'a handle with and without @',
      { identities: [identity('1', '@Maryam.rz')] },
      { identities: [identity('2', 'maryam.rz')] },
      ['handle'],
    ],
    ['a handle many have', { identities: [identity('1', '@ali')] }, { identities: [identity('2', 'ali')] }, []],
    ['a full name', { name: 'مریم رضایی' }, { identities: [identity('2', null, 'مریم رضایی ')] }, ['name']],
    [
      'a name as long as a book, kept short for the index',
      { name: `مریم ${'رضایی '.repeat(600)}` },
      { identities: [identity('2', null, `مریم ${'رضایی '.repeat(500)}`)] },
      ['name'],
    ],
    ['a first name alone', { name: 'Maryam' }, { name: 'Maryam' }, []],
    ['nothing known', {}, {}, []],
    ['other numbers', { phone: '+989121234567' }, { phone: '+989121234568' }, []],
    [
      'all of it, the surest first',
      { name: 'Sara Ahmadi', phone: '+989121234567', identities: [identity('1', 'sara_ah')] },
      { name: 'sara ahmadi', phone: '+989121234567', identities: [identity('2', '@Sara_ah')] },
      ['phone', 'handle', 'name'],
    ],
  ])('%s', (_, one, other, reasons) => {
    expect(likeness(marksOf(known(one)), marksOf(known(other)))).toEqual(reasons);
    expect(likeness(marksOf(known(other)), marksOf(known(one)))).toEqual(reasons);
  });
});

it('puts the surest first, and of equals the one with more reasons', () =>
  expect(([['name'], ['phone'], ['handle', 'name'], ['phone', 'name'], []] as Likeness[][]).toSorted(bySurest)).toEqual(
    [['phone', 'name'], ['phone'], ['handle', 'name'], ['name'], []],
  ));
