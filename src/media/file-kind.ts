import { fileTypeFromBuffer } from 'file-type/core';

/** What browsers may show in place. Everything else is offered for download: a picture may be a page in disguise. */
const SHOWN = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/webm',
  'video/mp4',
  'video/webm',
  'video/quicktime',
]);

export const mayBeShown = (mimeType: string) => SHOWN.has(mimeType);

const HEAD_BYTES = 4_100; // as far as the formats' own signatures reach

/**
 * What the bytes are, by what they are and not by what somebody calls them. Plain text has no signature: it is believed
 * when it holds no NUL and is not announced as something browsers run.
 */
export async function sniffType(bytes: Buffer, announced: string | null | undefined): Promise<string> {
  const found = await fileTypeFromBuffer(bytes.subarray(0, Math.max(HEAD_BYTES, 64 * 1024)));
  if (found) return found.mime === 'audio/x-m4a' ? 'audio/mp4' : found.mime;
  const plain = announced === 'text/plain' || announced === 'text/csv';
  return plain && !bytes.subarray(0, HEAD_BYTES).includes(0) ? announced : 'application/octet-stream';
}

/** The attachment kind a file is sent as. */
export function kindOfType(mimeType: string): 'image' | 'video' | 'audio' | 'file' {
  const [top] = mimeType.split('/');
  return top === 'image' || top === 'video' || top === 'audio' ? top : 'file';
}

/** A name that is safe in a header and on a disk, never empty. */
export function safeName(name: string | null | undefined, fallback: string): string {
  const cleaned = (name ?? '')
    .normalize('NFC')
    .replaceAll(/[\p{Cc}/\\"<>:|?*\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  return cleaned.slice(0, 150) || fallback;
}
