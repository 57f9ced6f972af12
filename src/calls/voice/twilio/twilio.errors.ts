/** What a refusal of Twilio asks of us, as data. Codes: https://www.twilio.com/docs/api/errors */
export type TwilioRemedy =
  | { kind: 'reconnect' }
  | { kind: 'retry' }
  /** `agent`: their own number; `admin`: the account, its number, its permissions; `customer`: the number dialled. */
  | { kind: 'refused'; fix: 'agent' | 'admin' | 'customer' }
  /** What was asked for is so already. */
  | { kind: 'ignore' };

const BY_CODE: Record<number, TwilioRemedy> = {
  20003: { kind: 'reconnect' },
  20005: { kind: 'reconnect' }, // account not active
  20429: { kind: 'retry' },
  21201: { kind: 'refused', fix: 'agent' },
  21210: { kind: 'refused', fix: 'admin' }, // From not verified
  21211: { kind: 'refused', fix: 'agent' }, // invalid To: the agent's own phone is what we call
  21212: { kind: 'refused', fix: 'admin' },
  21214: { kind: 'refused', fix: 'agent' },
  21215: { kind: 'refused', fix: 'admin' }, // geographic permission
  21217: { kind: 'refused', fix: 'agent' },
  21220: { kind: 'ignore' },
  13227: { kind: 'refused', fix: 'admin' },
};

/** The number does not exist or may not be called: dialling it again changes nothing. */
export const DEAD_NUMBER: ReadonlySet<string> = new Set(['13224', '13225', '21211', '21214', '21217']);

export function remedyFor(status: number, code: number | undefined): TwilioRemedy {
  const known = code === undefined ? undefined : BY_CODE[code];
  if (known) return known;
  if (status === 401 || status === 403) return { kind: 'reconnect' };
  if (status === 429) return { kind: 'retry' };
  return { kind: 'refused', fix: 'admin' };
}
