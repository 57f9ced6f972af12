import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { type BlobRange, BlobStore, checkedKey } from './blob-store';

/** Files in a folder: written beside, flushed, then renamed into place. */
export class FolderBlobs extends BlobStore {
  constructor(private readonly dir: string) {
    super();
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    const path = this.path(key);
    if ((await stat(path).catch(() => undefined))?.size === bytes.length) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const beside = `${path}.${randomUUID()}.part`;
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  }

  async open(key: string, range?: BlobRange): Promise<Readable | undefined> {
    const path = this.path(key);
    const there = await stat(path).catch(() => undefined);
    return there && createReadStream(path, range);
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.path(key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }

  private path(key: string): string {
    return join(this.dir, checkedKey(key));
  }
}
