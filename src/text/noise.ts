const MENTION = /(?<![\p{L}\p{N}_.])@[\p{L}\p{M}\p{N}_.\u200C]+/gu;
const HASHTAG = /(?<![\p{L}\p{N}_])#[\p{L}\p{M}\p{N}_\u200C]+/gu;
// pictures with their colours, joiners and variations; flags; keycaps
const EMOJI =
  /[0-9#*]\uFE0F?\u20E3|[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{1F1E6}-\u{1F1FF}\u{E0020}-\u{E007F}]|\uFE0E|\uFE0F|\u200D/gu;
const BETWEEN = /[\s\u200B-\u200F\u2066-\u2069.,،;؛!…~*&+|/-]/gu;

/**
 * Whether a comment says nothing but names of friends and tags (`@sara @omid 😍 #قرعه_کشی`): what giveaways bring by the
 * thousand. One word, digit or question mark of its own makes it a comment like any other, and so does an emoji alone:
 * that is a mood, not a tag.
 */
export function isTagOnly(text: string): boolean {
  const untagged = text.replace(EMOJI, ' ').replace(MENTION, '').replace(HASHTAG, '');
  if (untagged.replace(BETWEEN, '') !== '') return false;
  return text.search(MENTION) >= 0 || text.search(HASHTAG) >= 0;
}

/** A text without the names of people called by it (`@sara`); who is called does not change what is said. */
export const withoutNames = (text: string): string => text.replace(MENTION, ' ');
