import { languageChoices, languageName } from './languages';

it.each([
  ['fa', 'en', 'انگلیسی'],
  ['en', 'fa', 'Persian'],
  ['en', 'not a code!', 'not a code!'],
])('in %s, %s is %s', (locale, code, name) => expect(languageName(locale, code)).toBe(name));

it('adds a language that is not usual, once', () => {
  const codes = (also?: string) => languageChoices('en', also).map(({ code }) => code);
  expect(codes('sw').filter((code) => code === 'sw')).toEqual(['sw']);
  expect(codes('fa')).toEqual(codes());
});
