const KINDS = [
  'image',
  'video',
  'audio',
  'file',
  'sticker',
  'story',
  'share',
  'location',
  'contact',
  'message',
] as const;

// What the server names such a message by when it carries nothing else; a reader only needs to know that it is one.
const JUST_A_MESSAGE = new Set([
  'unknown',
  'placeholder',
  'mention',
  'postback',
  'standby',
  'live_comment',
  'visitor_post',
  'story_reply',
  'story_mention',
]);

export type WordlessPreview = (typeof KINDS)[number] | 'deleted';

/** What stands in a list for a message without words: the server writes `[image]`, and nothing once its text is gone. */
export function wordlessPreview(preview: string): WordlessPreview | null {
  if (preview.trim() === '') return 'deleted';
  const code = /^\[(\w+)\]$/.exec(preview)?.[1];
  if (code === undefined) return null;
  return JUST_A_MESSAGE.has(code) ? 'message' : (KINDS.find((kind) => kind === code) ?? null);
}
