import type { Text } from '../i18n/use-text';

const KNOWN = [
  'forbidden',
  'not_possible_here',
  'window_closed',
  'window_for_humans_only',
  'nothing_to_answer',
  'comment_deleted',
  'private_reply_used',
  'private_reply_expired',
  'comment_hidden',
  'not_addressed',
  'live_private_only',
  'live_over',
  'channel_disabled',
  'text_too_long',
  'attachment_refused',
  'split_required',
  'template_not_possible',
  'not_sent',
  'deleted',
  'too_late',
  'unchanged',
  'empty',
] as const;

/** Why a reply cannot go out, in the reader's language; null for a reason we have no words for. */
export function sendRefusal(reason: unknown, t: Text): string | null {
  const known = KNOWN.find((code) => code === reason);
  return known ? t(`refusal.${known}`) : null;
}
