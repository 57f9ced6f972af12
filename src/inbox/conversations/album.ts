/** One part of an album, as kept with the message (`meta.parts`). */
export interface AlbumPart {
  /** The network's id of the part. */
  id: string;
  /** Network time, ISO instant. */
  at: string;
  /** Its caption. */
  text: string;
  /** Of the caption; grows with each edit. */
  version?: number;
  /** ISO instant; set once it was taken back. */
  deletedAt?: string;
}

/** Adds or replaces a part; the order is the network's, whatever came first. */
export function withPart(parts: readonly AlbumPart[], part: AlbumPart): AlbumPart[] {
  return [...parts.filter(({ id }) => id !== part.id), part].toSorted((a, b) =>
    a.at === b.at ? compareIds(a.id, b.id) : a.at < b.at ? -1 : 1,
  );
}

/** What the album says: the captions of what is left of it, in order. */
export const captionOf = (parts: readonly AlbumPart[]): string =>
  parts
    .filter(({ text, deletedAt }) => text !== '' && deletedAt === undefined)
    .map(({ text }) => text)
    .join('\n');

/** Ids that count up differ in length before they differ in letters. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
