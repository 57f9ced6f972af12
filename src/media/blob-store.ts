import type { Readable } from 'node:stream';

export interface BlobRange {
  start: number;
  /** Inclusive. */
  end: number;
}

/**
 * Where files lie. A key is made of the bytes' hash, so putting the same bytes twice is one file, and a put that was cut
 * off leaves nothing half-written under its key.
 */
export abstract class BlobStore {
  abstract put(key: string, bytes: Buffer, mimeType: string): Promise<void>;
  /** Undefined when there is no such file. */
  abstract open(key: string, range?: BlobRange): Promise<Readable | undefined>;
  abstract read(key: string): Promise<Buffer | undefined>;
  abstract remove(key: string): Promise<void>;
}

/** Files of one workspace stay under its own prefix, so a workspace can be moved or erased as a whole. */
export const blobKey = (workspaceId: string, sha256: string) => `${workspaceId}/${sha256.slice(0, 2)}/${sha256}`;

const KEY = /^[0-9a-f-]{36}\/[0-9a-f]{2}\/[0-9a-f]{64}$/;

/** @throws when it is not a key of ours: it becomes a path or an address next */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error('That is not the key of a file.');
  return key;
}
