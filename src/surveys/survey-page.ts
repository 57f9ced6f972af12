import { SCALES, type SurveyKind } from '../inbox/conversations/survey-score';
import type { SurveyLocale } from './survey';

export interface PageFacts {
  locale: SurveyLocale;
  kind: SurveyKind;
  /** What was asked, without how to answer it in a thread. */
  question: string;
  score: number | null;
  comment: string | null;
  /** Shown above the form after an answer. */
  thanks: string | null;
}

const WORDS: Record<SurveyLocale, Record<'title' | 'comment' | 'send' | 'gone' | 'choose', string>> = {
  fa: {
    title: 'نظر شما',
    comment: 'اگر توضیحی دارید بنویسید',
    send: 'فرستادن',
    gone: 'زمان پاسخ به این نظرسنجی گذشته است. ممنون از شما.',
    choose: 'لطفاً یک عدد را برگزینید.',
  },
  en: {
    title: 'Your opinion',
    comment: 'Anything you would like to add',
    send: 'Send',
    gone: 'The time to answer this survey is over. Thank you.',
    choose: 'Please choose a number.',
  },
};

const STYLE = `<style>
:root { color-scheme: light dark }
main { max-width: 34rem; margin: 8vh auto; padding: 0 1.5rem; font: 1.1rem/1.8 system-ui, sans-serif }
fieldset { border: 0; padding: 0; margin: 1.5rem 0; display: flex; flex-wrap: wrap; gap: .5rem }
legend { padding: 0 0 .75rem; font-weight: 600 }
label.score { display: inline-flex; flex-direction: column; align-items: center; padding: .4rem .8rem; border: 1px solid; border-radius: .5rem }
textarea { width: 100%; font: inherit; min-height: 6rem; box-sizing: border-box }
button { font: inherit; padding: .5rem 1.5rem; margin-top: 1rem }
</style>`;

/** The form by which a customer answers: no script, both directions of writing. The address says whose it is. */
export function surveyPage({ locale, kind, question, score, comment, thanks }: PageFacts, missing = false): string {
  const words = WORDS[locale];
  const { min, max } = SCALES[kind];
  const digits = new Intl.NumberFormat(locale === 'fa' ? 'fa-IR' : 'en');
  const choices = Array.from({ length: max - min + 1 }, (_, i) => min + i).map(
    (value) =>
      `<label class="score"><input type="radio" name="score" value="${value}" required${value === score ? ' checked' : ''} />${digits.format(value)}</label>`,
  );
  return page(
    locale,
    `${thanks === null ? '' : `<p role="status">${escape(thanks)}</p>`}${missing ? `<p role="alert">${words.choose}</p>` : ''}
<form method="post"><fieldset><legend>${escape(question)}</legend>${choices.join('')}</fieldset>
<label for="comment">${words.comment}</label>
<textarea id="comment" name="comment" maxlength="2000" dir="auto">${escape(comment ?? '')}</textarea>
<button type="submit">${words.send}</button></form>`,
  );
}

/** Whose link it was is not known any more, so it is said in both languages. */
export const gonePage = (): string => page('fa', `<p>${WORDS.fa.gone}</p><p lang="en" dir="ltr">${WORDS.en.gone}</p>`);

const page = (locale: SurveyLocale, body: string): string => `<!doctype html>
<html lang="${locale}" dir="${locale === 'fa' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="robots" content="noindex" />
<title>${WORDS[locale].title}</title>
${STYLE}
</head>
<body><main>${body}</main></body>
</html>
`;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
