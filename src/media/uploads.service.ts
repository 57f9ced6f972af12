import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { isUuid, uuidv7 } from '../platform/ids';
import { BlobStore } from './blob-store';
import { kindOfType, safeName, sniffType } from './file-kind';
import { FileQuota } from './file-quota.service';
import { MediaLinks } from './media-links';
import { MediaRepository, type UploadRow } from './media.repository';

const FETCHABLE_MS = 24 * 3_600_000; // a send may wait for hours before the network comes for the file

export interface UploadView {
  id: string;
  kind: string;
  name: string;
  mimeType: string;
  sizeBytes: number;
}

/** Files agents send along. Uploaded first, named by id in the reply, so a reply itself stays small and repeatable. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly database: Database,
    private readonly repository: MediaRepository,
    private readonly blobs: BlobStore,
    private readonly quota: FileQuota,
    private readonly links: MediaLinks,
    private readonly config: Config,
  ) {}

  /** @throws DomainError `payload_too_large`, `storage_full`, `validation_failed` for an empty file */
  async add(
    who: Principal,
    body: AsyncIterable<Buffer>,
    announced: { name: string; mimeType: string | null },
  ): Promise<UploadView> {
    const bytes = await this.readAll(body);
    const mimeType = await sniffType(bytes, announced.mimeType);
    const kept = await this.quota.keep(who.workspaceId, bytes, mimeType);
    const row = {
      ...kept,
      workspaceId: who.workspaceId,
      id: uuidv7(),
      agentId: who.agentId,
      kind: kindOfType(mimeType),
      name: safeName(announced.name, 'file'),
      mimeType,
      sizeBytes: bytes.length,
    };
    await this.database.lean(who, (tx) => this.repository.addUpload(tx, row));
    const { id, kind, name, sizeBytes } = row;
    return { id, kind, name, mimeType, sizeBytes };
  }

  /** Takes uploads for a message. @throws DomainError `validation_failed` when one is not there */
  async take(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<UploadRow[]> {
    const rows: UploadRow[] = [];
    for (const id of ids) {
      const row = isUuid(id) ? await this.repository.upload(tx, workspaceId, id) : undefined;
      if (!row) throw missing(id);
      rows.push(row);
    }
    await this.repository.markUsed(tx, workspaceId, ids);
    return rows;
  }

  /** The address a network may fetch an upload from, for a day. Relative when nobody told us our public address. */
  urlOf(workspaceId: string, id: string): string {
    const path = this.links.make({ of: 'u', workspaceId, id }, FETCHABLE_MS);
    return this.config.PUBLIC_URL ? new URL(path, this.config.PUBLIC_URL).href : path;
  }

  /** @throws DomainError `not_found` when the file has gone from the store */
  async read(workspaceId: string, id: string): Promise<Buffer> {
    const row = await this.database.lean({ workspaceId }, (tx) => this.repository.upload(tx, workspaceId, id));
    const bytes = row && (await this.blobs.read(row.blobKey));
    if (!bytes) throw missing(id);
    return bytes;
  }

  /** A day's unsent uploads are forgotten, and all files that no row names any more. */
  async tidy(): Promise<void> {
    await this.database.lean('system', (tx) => this.repository.forgetUnused(tx));
    await this.quota.tidy();
  }

  private async readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
    const limit = this.config.MEDIA_MAX_BYTES;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit)
        throw new DomainError('payload_too_large', `A file may have ${limit} bytes at most.`, { limit });
      chunks.push(chunk);
    }
    if (size === 0) throw new DomainError('validation_failed', 'The file is empty; choose another one.');
    return Buffer.concat(chunks);
  }
}

const missing = (id: string) =>
  new DomainError('validation_failed', 'There is no such upload; upload the file again.', {
    fields: [{ path: 'attachments', problem: `there is no upload ${id}` }],
  });
