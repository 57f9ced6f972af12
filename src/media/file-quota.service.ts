import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Audit } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob, RunningJob } from '../jobs/jobs';
import { Notifications } from '../notifications/notifications';
import { room } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { blobKey, BlobStore } from './blob-store';
import { type FileUse, fullnessOf, NO_ROOM, roomIn } from './file-quota';
import { FileQuotaRepository, type ToldUse } from './file-quota.repository';
import { fetchJob } from './media-jobs';

const ROOM_JOB = 'media.room';
const FETCHED_AT_ONCE = 200; // that found no room before; more of them follow when these are here
const REMOVED_AT_ONCE = 50; // files taken away in one transaction, which waits for the store
const REMOVED_IN_A_ROUND = 2_000;

export interface FileUseView extends FileUse {
  /** Files of customers that found no room and wait for some. */
  waiting: number;
}

export interface KeptFile {
  blobKey: string;
  sha256: string;
}

/**
 * What a workspace's files take and may take. A file is counted before its bytes are written, by its hash and once, in one
 * statement that also compares: two at once never pass the limit together. A kill between leaves a counted file that no
 * row names; it is found and taken away within the hour or two, like every file whose last row went.
 */
@Injectable()
export class FileQuota implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: FileQuotaRepository,
    private readonly blobs: BlobStore,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(ROOM_JOB, (job) => this.fetchWhatFits(job), { queue: 'media' });
  }

  /** Keeps bytes; the caller writes the row that names them within the hour. @throws DomainError `storage_full` */
  async keep(workspaceId: string, bytes: Buffer, mimeType: string): Promise<KeptFile> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = blobKey(workspaceId, sha256);
    try {
      await this.database.lean({ workspaceId }, async (tx) => {
        if (!(await this.repository.name(tx, workspaceId, key, bytes.length))) return;
        const use = await this.repository.countIn(tx, workspaceId, bytes.length);
        if (!use) throw new NoRoom(); // the name goes with the transaction
        await this.tell(tx, workspaceId, use);
      });
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      throw await this.full(workspaceId, bytes.length);
    }
    await this.blobs.put(key, bytes, mimeType);
    return { blobKey: key, sha256 };
  }

  /** Whether anything at all fits, before it is fetched for nothing. */
  async hasRoom(workspaceId: string): Promise<boolean> {
    return roomIn(await this.database.lean({ workspaceId }, (tx) => this.repository.use(tx, workspaceId))) > 0;
  }

  read(who: Principal): Promise<FileUseView> {
    return this.database.lean(who, (tx) => this.view(tx, who.workspaceId));
  }

  /** @param limitBytes null: none. Lower than what is used: nothing more is kept, and nothing is taken away. */
  limit(who: Principal, limitBytes: number | null): Promise<FileUseView> {
    const { workspaceId } = who;
    return this.database.lean(who, async (tx) => {
      const before = await this.repository.use(tx, workspaceId, 'FOR UPDATE');
      if (before.limitBytes === limitBytes) return this.view(tx, workspaceId);
      await this.repository.limit(tx, workspaceId, limitBytes);
      await this.audit.record(tx, {
        workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'files.limit_changed',
        subject: `workspace:${workspaceId}`,
        changes: { limitBytes: { from: before.limitBytes, to: limitBytes } },
      });
      const now = { ...before, limitBytes };
      if (roomIn(now) > roomIn(before)) this.jobs.enqueue(tx, roomJob(workspaceId));
      await this.tell(tx, workspaceId, { ...now, told: roomIn(now) > roomIn(before) ? 0 : before.told }, before.told);
      return this.view(tx, workspaceId);
    });
  }

  /** Takes away files that no row names any more, and counts them out. */
  async tidy(): Promise<void> {
    for (let removed = 0; removed < REMOVED_IN_A_ROUND; removed += REMOVED_AT_ONCE) {
      const count = await this.database.lean('system', async (tx) => {
        const files = await this.repository.unnamed(tx, REMOVED_AT_ONCE);
        const freed = new Map<string, number>();
        for (const { workspaceId, blobKey: key, sizeBytes } of files) {
          await this.blobs.remove(key); // before the commit: who brings it again waits for it
          freed.set(workspaceId, (freed.get(workspaceId) ?? 0) + sizeBytes);
        }
        for (const [workspaceId, bytes] of [...freed].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          await this.tell(tx, workspaceId, await this.repository.countOut(tx, workspaceId, bytes));
          this.jobs.enqueue(tx, roomJob(workspaceId));
        }
        return files.length;
      });
      if (count === 0) return;
    }
  }

  private async fetchWhatFits({ workspaceId }: RunningJob): Promise<void> {
    await this.database.lean({ workspaceId }, async (tx) => {
      const room = roomIn(await this.repository.use(tx, workspaceId));
      if (room === 0) return;
      const ids = await this.repository.wantWhatFits(tx, workspaceId, room, FETCHED_AT_ONCE);
      for (const id of ids) this.jobs.enqueue(tx, fetchJob(workspaceId, id));
      if (ids.length > 0) this.jobs.enqueue(tx, { ...roomJob(workspaceId), runAt: new Date(Date.now() + AGAIN_MS) });
    });
  }

  private async view(tx: Tx, workspaceId: string): Promise<FileUseView> {
    const { usedBytes, limitBytes } = await this.repository.use(tx, workspaceId);
    return { usedBytes, limitBytes, waiting: await this.repository.waiting(tx, workspaceId) };
  }

  /** Tells once that a file found no room, and says so. */
  private async full(workspaceId: string, neededBytes: number): Promise<DomainError> {
    const use = await this.database.lean({ workspaceId }, async (tx) => {
      const found = await this.repository.use(tx, workspaceId, 'FOR UPDATE');
      await this.tell(tx, workspaceId, found, found.told, true);
      return found;
    });
    return new DomainError(
      NO_ROOM,
      'There is no room for this file: the workspace’s limit for files is reached. Ask an admin to raise it.',
      { neededBytes, usedBytes: use.usedBytes, limitBytes: use.limitBytes },
    );
  }

  /** @param written what stands there as told; default: what was told */
  private async tell(tx: Tx, workspaceId: string, use: ToldUse, written = use.told, refused = false): Promise<void> {
    const { usedBytes, limitBytes } = use;
    const full = fullnessOf(use.told, use, refused);
    if (full === written) return;
    await this.repository.tell(tx, workspaceId, full);
    const facts = { percent: full, usedBytes, limitBytes };
    this.outbox.record(tx, event(workspaceId, 'files.filling', SYSTEM, {}, [room.leads], { ...facts, from: written }));
    if (full <= written) return;
    await this.notifications.notify(tx, workspaceId, {
      to: { leads: true },
      kind: 'files.filling',
      data: facts,
      cause: `files.filling:${uuidv7()}`,
    });
  }
}

const AGAIN_MS = 60_000;

class NoRoom extends Error {}

const roomJob = (workspaceId: string): NewJob => ({
  workspaceId,
  queue: 'media',
  name: ROOM_JOB,
  payload: {},
  dedupeKey: 'room',
});
