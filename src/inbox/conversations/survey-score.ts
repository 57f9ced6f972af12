export type SurveyKind = 'csat' | 'nps';

/** Best and worst of each; CSAT in stars, NPS as it is defined. */
export const SCALES: Record<SurveyKind, { min: number; max: number }> = {
  csat: { min: 1, max: 5 },
  nps: { min: 0, max: 10 },
};

/** Subtype of a message that is a score and nothing else: it asks nobody to work. */
export const SURVEY_ANSWER = 'survey_answer';

const STARS = /^(?:⭐|★|🌟){1,5}$/u;
const INVISIBLE = /[\u{FE0E}\u{FE0F}\u{20E3}\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{061C}]/gu;
const WHOLE = /^(?:(?:نمره|امتیاز|score)\s*:?\s*)?(\d{1,2})(?:\s*(?:\/|از|من|of|out of)\s*(\d{1,2}))?[.!،]?$/u;

/**
 * The score a message gives when it says nothing else: a number in Persian, Arabic or Latin digits, keycaps, stars, `4/5`,
 * `۹ از ۱۰`. Null for anything more, which is a person's word to be read.
 */
export function scoreIn(text: string, kind: SurveyKind): number | null {
  const { min, max } = SCALES[kind];
  const plain = text.replace(INVISIBLE, '').replaceAll('🔟', '10').trim().toLowerCase();
  const starless = plain.replaceAll(/\s/g, '');
  if (STARS.test(starless)) return kind === 'csat' ? Array.from(starless).length : null;
  const latin = plain.replaceAll(/[۰-۹٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
  const [, given, outOf] = WHOLE.exec(latin) ?? [];
  if (given === undefined || (outOf !== undefined && Number(outOf) !== max)) return null;
  const score = Number(given);
  return score >= min && score <= max ? score : null;
}
