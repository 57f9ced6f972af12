import { createHmac } from 'node:crypto';

export type IdentityMethod = 'email_code' | 'questions';
export type IdentityState = 'open' | 'passed' | 'failed' | 'undeliverable';

/** Facts an agent may ask for; the answers are compared by the agent and kept nowhere. */
export const IDENTITY_QUESTIONS = [
  'order_number',
  'order_amount',
  'order_date',
  'phone',
  'email',
  'postal_code',
  'birth_date',
  'last_digits_of_card',
] as const;
export type IdentityQuestion = (typeof IDENTITY_QUESTIONS)[number];

export const CODE_VALID_MS = 10 * 60_000;
export const QUESTIONS_VALID_MS = 24 * 3_600_000;
export const MOST_TRIES = 5;
/** Codes to one customer: so many in a quarter of an hour, and in a day. */
export const CODE_LIMITS = [
  { codes: 3, withinMs: 15 * 60_000 },
  { codes: 10, withinMs: 24 * 3_600_000 },
] as const;

/** Six digits that only the holder of the key can compute from the check’s id: the code is stored nowhere. */
export function codeOf(checkId: string, key: Buffer): string {
  const digest = createHmac('sha256', key).update(checkId).digest();
  return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
}

/** A message that is a code and nothing else, in Latin digits; null when it says more, or something else. */
export function codeIn(text: string): string | null {
  const digits = text
    .replaceAll(/[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{2069}]/gu, '')
    .replaceAll(/[۰-۹٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15))
    .trim()
    .replace(/^(?:کد(?:\s+(?:تایید|تأیید|من))?|code)\s*:?\s*/iu, '')
    .replaceAll(/(?<=\d)[\s-](?=\d)/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
}

export interface IdentityCheck {
  workspaceId: string;
  id: string;
  contactId: string;
  ticketId: string;
  /** Where a code counts when it is sent back. */
  conversationId: string;
  method: IdentityMethod;
  state: IdentityState;
  address: string | null;
  channelId: string | null;
  codeHash: Buffer | null;
  tries: number;
  questions: readonly IdentityQuestion[];
  note: string | null;
  reason: string | null;
  locale: 'fa' | 'en';
  askedBy: string;
  askedAt: Date;
  sentAt: Date | null;
  expiresAt: Date;
  answeredAt: Date | null;
  answeredVia: 'agent' | 'thread' | null;
}

export type CodeOutcome = 'passed' | 'wrong' | 'failed' | 'expired' | 'over';

/**
 * What a code does to a check: the right one passes it, once and in time; the fifth wrong one fails it.
 * @param right whether it is the code, compared in constant time
 */
export function afterCode(
  check: Pick<IdentityCheck, 'state' | 'tries' | 'expiresAt'>,
  right: boolean,
  now: Date,
): { outcome: CodeOutcome; state: IdentityState; tries: number } {
  const { state, tries, expiresAt } = check;
  if (state !== 'open') return { outcome: 'over', state, tries };
  if (now >= expiresAt) return { outcome: 'expired', state: 'failed', tries };
  if (tries >= MOST_TRIES) return { outcome: 'failed', state: 'failed', tries };
  if (right) return { outcome: 'passed', state: 'passed', tries: tries + 1 };
  const failed = tries + 1 >= MOST_TRIES;
  return { outcome: failed ? 'failed' : 'wrong', state: failed ? 'failed' : 'open', tries: tries + 1 };
}

/** When another code may be sent: null for now, else how many milliseconds from now. @param sent instants, any order */
export function nextCodeIn(sent: readonly Date[], now: Date): number | null {
  const waits = CODE_LIMITS.flatMap(({ codes, withinMs }) => {
    const recent = sent.map((at) => at.getTime()).filter((at) => at > now.getTime() - withinMs);
    const oldestThatCounts = recent.toSorted((a, b) => b - a)[codes - 1];
    return oldestThatCounts === undefined ? [] : [oldestThatCounts + withinMs - now.getTime()];
  });
  return waits.length > 0 ? Math.max(...waits) : null;
}

/** Until when a customer counts as checked; null when nobody has checked them, or it is over. */
export function checkedUntil(passedAt: Date | null, minutes: number, now: Date): Date | null {
  if (!passedAt) return null;
  const until = new Date(passedAt.getTime() + minutes * 60_000);
  return until > now ? until : null;
}
