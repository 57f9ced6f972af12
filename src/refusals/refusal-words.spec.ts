import { errorBody } from '../platform/http-errors.filter';
import { withWords, wordsOf } from './refusal-words';

const told = (code: string, message: string, details?: Record<string, unknown>) =>
  withWords(errorBody(code, message, details)).error;

it('gives a refusal its code and its words, and leaves the sentence for scripts', () =>
  expect(told('conflict', 'Someone changed this calendar meanwhile; load it again.', { version: 3 })).toEqual({
    code: 'conflict',
    message: 'Someone changed this calendar meanwhile; load it again.',
    details: { version: 3 },
    reason: 'calendar_changed',
    values: {},
    words: {
      fa: 'در این میان کسی این تقویم را تغییر داده است. آن را دوباره بار کنید.',
      en: 'Someone changed this calendar meanwhile; load it again.',
    },
  }));

it('gives each field its own', () => {
  const { details, words } = told('validation_failed', 'Please correct: name, teamId.', {
    fields: [
      { path: 'name', problem: 'name must be shorter than or equal to 200 characters' },
      { path: 'teamId', problem: 'must name the team it is for' },
    ],
  });
  expect(details['fields']).toEqual([
    {
      path: 'name',
      problem: 'name must be shorter than or equal to 200 characters',
      reason: 'too_long',
      values: { field: 'name', max: '200' },
      words: { fa: 'حداکثر ۲۰۰ نویسه جا دارد.', en: 'At most 200 characters.' },
    },
    expect.objectContaining({
      reason: 'macro_team_needed',
      words: expect.objectContaining({ fa: 'تیم آن را برگزینید.' }),
    }),
  ]);
  expect(words?.fa).toBe('\u2068name\u2069: حداکثر ۲۰۰ نویسه جا دارد. \u2068teamId\u2069: تیم آن را برگزینید.');
});

it('says of fields more than the first ones only after those are right', () => {
  const fields = ['a', 'b', 'c', 'd'].map((path) => ({ path, problem: 'is missing' }));
  expect(told('validation_failed', 'Please correct: a, b, c, d.', { fields }).words?.en).not.toContain('d:');
});

it('keeps words that a field brings, and fields that are none of ours', () => {
  const words = { fa: 'ف', en: 'e' };
  const fields = [{ path: 'a', problem: 'is missing', words }, 'b'];
  expect(told('validation_failed', 'Please correct: a.', { fields }).details['fields']).toEqual([
    expect.objectContaining({ words }),
    'b',
  ]);
});

it.each([
  ['conflict', 'The network said: 17.', 'در این میان چیزی تغییر کرده است', 'The network said: 17.'],
  [
    'internal',
    'Something broke on our side; it has been logged.',
    'مشکلی از سوی ما پیش آمد',
    'Something broke on our side',
  ],
  ['made_up', '', 'مشکلی از سوی ما پیش آمد', 'Something broke on our side'],
])('falls back on what kind of refusal it is: %s', (code, message, fa, en) => {
  const { words } = told(code, message);
  expect(words?.fa).toContain(fa);
  expect(words?.en).toContain(en);
});

it('quotes what somebody else said', () =>
  expect(wordsOf('Invalid OAuth access token')).toEqual({
    fa: 'پاسخ دریافتی: \u2068Invalid OAuth access token\u2069',
    en: 'Invalid OAuth access token',
  }));
