import { wordlessPreview } from './preview';

it.each(['image', 'video', 'audio', 'file', 'sticker', 'story', 'share', 'location', 'contact', 'message'])(
  'knows [%s]',
  (kind) => expect(wordlessPreview(`[${kind}]`)).toBe(kind),
);

it('takes an empty one for a deleted message', () => expect(wordlessPreview('')).toBe('deleted'));

it('calls what has no word of its own a message', () => expect(wordlessPreview('[placeholder]')).toBe('message'));

it.each(['سلام', '[urgent]', 'see [image]', '[image] of my parcel'])('leaves the words of a customer: %s', (text) =>
  expect(wordlessPreview(text)).toBeNull(),
);
