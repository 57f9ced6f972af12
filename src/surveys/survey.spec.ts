import { type AskFacts, askText, csatOf, DEFAULT_SETTINGS, npsOf, type SurveySettings, whyNot } from './survey';

const now = new Date('2026-11-22T09:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const on: SurveySettings = { ...DEFAULT_SETTINGS, enabled: true };
const facts: AskFacts = {
  ticket: { status: 'solved', resolution: null, mergedIntoId: null, answered: true },
  channelKind: 'telegram',
  threadKind: 'dm',
  lastAskedAt: null,
};
const ticket = (over: Partial<AskFacts['ticket']>): Partial<AskFacts> => ({ ticket: { ...facts.ticket, ...over } });

describe('whether a customer is asked', () => {
  it.each<[string, Partial<SurveySettings>, Partial<AskFacts>, string | null]>([
    ['after solving', {}, {}, null],
    ['after closing', {}, ticket({ status: 'closed' }), null],
    ['where nobody wants it', { enabled: false }, {}, 'disabled'],
    ['reopened', {}, ticket({ status: 'open' }), 'not_solved'],
    ['no answer needed', {}, ticket({ resolution: 'no_answer_needed' }), 'no_answer_needed'],
    ['spam', {}, ticket({ resolution: 'spam' }), 'spam'],
    ['merged', {}, ticket({ mergedIntoId: 'other' }), 'merged'],
    ['another resolution', {}, ticket({ resolution: 'refunded' }), null],
    ['nobody said a word', {}, ticket({ answered: false }), 'nobody_answered'],
    ['a channel left out', { channelKinds: ['email'] }, {}, 'channel_left_out'],
    ['a channel chosen', { channelKinds: ['telegram'] }, {}, null],
    ['a comment', {}, { threadKind: 'comment' }, 'thread_left_out'],
    ['a comment that may be asked', { threadKinds: ['dm', 'comment'] }, { threadKind: 'comment' }, null],
    ['asked 29 days ago', {}, { lastAskedAt: daysAgo(29) }, 'asked_lately'],
    ['asked 30 days ago', {}, { lastAskedAt: daysAgo(30) }, null],
    ['asked just now, but always wanted', { notAgainDays: 0 }, { lastAskedAt: now }, null],
  ])('%s', (_, settings, over, why) => expect(whyNot({ ...on, ...settings }, { ...facts, ...over }, now)).toBe(why));
});

describe('what is asked', () => {
  it('is in the customer’s language, with the brand and the link in place', () => {
    const nps = { kind: 'nps' as const, texts: {} };
    expect(askText(nps, 'fa', { brand: 'بندر', link: null })).toContain('بندر را به دوستان');
    expect(askText(nps, 'en', { brand: '$&', link: 'https://x.example/s' })).toMatch(
      /recommend \$& [^]*https:\/\/x\.example\/s$/,
    );
    expect(askText({ kind: 'csat', texts: { fa: { ask: 'نمره؟' } } }, 'fa', { brand: '', link: null })).toBe('نمره؟');
    expect(askText({ kind: 'csat', texts: { fa: { ask: '' } } }, 'fa', { brand: '', link: null })).toContain('۵');
  });
});

describe('results', () => {
  it('of satisfaction: the average, and how many gave 4 or 5', () => {
    expect(csatOf({ 1: 1, 4: 1, 5: 2 })).toEqual({ answers: 4, average: 3.75, satisfied: 75 });
    expect(csatOf({})).toEqual({ answers: 0, average: null, satisfied: null });
  });

  it('of recommendation: promoters less detractors', () => {
    expect(npsOf({ 0: 1, 6: 1, 7: 1, 8: 1, 9: 2, 10: 4 })).toEqual({
      answers: 10,
      promoters: 6,
      passives: 2,
      detractors: 2,
      nps: 40,
    });
    expect(npsOf({ 0: 3 }).nps).toBe(-100);
    expect(npsOf({}).nps).toBeNull();
  });
});
