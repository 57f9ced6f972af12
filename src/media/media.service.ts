import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { type BlobRange, BlobStore } from './blob-store';
import { mayBeShown, safeName } from './file-kind';
import { MediaFetching } from './media-fetching';
import { type MediaLink, MediaLinks } from './media-links';
import { MediaRepository, type StoredFile, type UploadRow } from './media.repository';

const SHOWN_FOR_MS = 5 * 60_000;
const SERVED_FOR_S = 600;

export interface ServedFile {
  status: 200 | 206 | 304;
  mimeType: string;
  disposition: string;
  etag: string;
  /** For how many seconds whoever got it may keep it. */
  maxAge: number;
  headers: Record<string, string>;
  body: Readable | undefined;
}

@Injectable()
export class MediaService {
  constructor(
    private readonly database: Database,
    private readonly repository: MediaRepository,
    private readonly fetching: MediaFetching,
    private readonly blobs: BlobStore,
    private readonly links: MediaLinks,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not_found` also for a file of a ticket the caller may not see */
  async linkFor(who: Principal, id: string): Promise<string> {
    const file = await this.database.lean(who, (tx) => this.repository.file(tx, who.workspaceId, id));
    if (!file || !canSeeTicket(who, file)) throw notFound('attachment');
    return this.links.make({ of: 'a', workspaceId: who.workspaceId, id }, SHOWN_FOR_MS);
  }

  refetch(who: Principal, id: string): Promise<{ state: 'pending' }> {
    return this.database.lean(who, async (tx) => {
      const wanted = await this.repository.wanted(tx, who.workspaceId, id);
      if (!wanted || !canSeeTicket(who, wanted)) throw notFound('attachment');
      if (wanted.over)
        throw new DomainError(
          'conflict',
          'The network does not let this file be kept any longer; ask the customer for it.',
        );
      if (!(await this.fetching.again(tx, who.workspaceId, id)))
        throw new DomainError('conflict', 'This file is here or on its way already.');
      return { state: 'pending' as const };
    });
  }

  /** @throws DomainError `not_found` for a wrong or expired address, as for a file that is not there */
  async open(
    link: MediaLink,
    expires: string,
    signature: string,
    rangeHeader: string | undefined,
    known: string | undefined,
  ): Promise<ServedFile> {
    if (!this.links.holds(link, expires, signature)) throw notFound('file');
    const file = await this.find(link);
    if (!file) throw notFound('file');
    const etag = `"${file.sha256}"`;
    const disposition = dispositionOf(file.mimeType, file.name);
    const facts = { mimeType: file.mimeType, disposition, etag, maxAge: this.maxAgeOf(file) };
    if (known === etag) return { ...facts, status: 304, headers: {}, body: undefined };
    const range = rangeOf(rangeHeader, file.sizeBytes);
    const body = await this.blobs.open(file.blobKey, range);
    if (!body) throw notFound('file');
    const length = range ? range.end - range.start + 1 : file.sizeBytes;
    const headers: Record<string, string> = { 'content-length': String(length) };
    if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${file.sizeBytes}`;
    return { ...facts, status: range ? 206 : 200, headers, body };
  }

  private maxAgeOf(file: UploadRow | StoredFile): number {
    if (!('keepUntil' in file) || !file.keepUntil) return SERVED_FOR_S;
    const leftMs = file.keepUntil.getTime() - this.clock.now().getTime();
    return Math.max(0, Math.min(SERVED_FOR_S, Math.floor(leftMs / 1000)));
  }

  private find({ of, workspaceId, id }: MediaLink): Promise<UploadRow | StoredFile | undefined> {
    return this.database.lean<UploadRow | StoredFile | undefined>({ workspaceId }, (tx) =>
      of === 'u' ? this.repository.upload(tx, workspaceId, id) : this.repository.file(tx, workspaceId, id),
    );
  }
}

function dispositionOf(mimeType: string, name: string | null): string {
  const safe = safeName(name, 'file');
  const ascii = safe.replaceAll(/[^\x20-\x7e]/g, '_');
  const how = mayBeShown(mimeType) ? 'inline' : 'attachment';
  return `${how}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(safe)}`;
}

/** One range, as players ask for it; anything else gets the whole file. */
function rangeOf(header: string | undefined, size: number): BlobRange | undefined {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!asked || size === 0) return undefined;
  const [, from = '', to = ''] = asked;
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end && start < size ? { start, end } : undefined;
}
