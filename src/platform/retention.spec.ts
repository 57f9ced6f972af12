import { retentionDays, retentionProblem, USUAL_RETENTION_DAYS } from './retention';

it.each<[string, string, boolean]>([
  ['a few, others as usual', 'routing_log=90,surveys=365', true],
  ['one for ever', 'notifications=0', true],
  ['too soon to be looked into', 'notifications=6', false],
  ['what nobody knows', 'messages=30', false],
  ['a name of every object', 'constructor=30', false],
  ['no number', 'surveys=long', false],
  ['no days', 'surveys', false],
  ['a comma too many', 'surveys=30,', false],
  ['two of one', 'surveys=30=40', false],
])('%s', (_, given, right) => {
  expect(retentionProblem(given) === null).toBe(right);
});

it('keeps what is not named as long as usual', () => {
  expect(retentionDays(undefined)).toEqual(USUAL_RETENTION_DAYS);
  expect(retentionDays('surveys=30,moderation=0')).toEqual({ ...USUAL_RETENTION_DAYS, surveys: 30, moderation: 0 });
});
