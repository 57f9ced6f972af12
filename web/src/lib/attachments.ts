/** A file that is uploaded and waits for its message. */
export interface SentFile {
  uploadId: string;
  kind: string;
  name: string;
  sizeBytes: number;
}

/** A file beside a draft: on its way to us, here, or not taken. */
export interface AttachedFile {
  key: string;
  conversationId: string;
  kind: string;
  name: string;
  sizeBytes: number;
  state: 'uploading' | 'ready' | 'failed';
  /** 0 to 1 while uploading. */
  progress: number;
  uploadId: string | null;
  problem: unknown;
}

export type FileRefusal = { why: 'kind'; kind: string } | { why: 'size'; maxBytes: number } | { why: 'empty' };

/** What the upload route will call a file of this type. */
export function kindOfType(mimeType: string): string {
  const [family] = mimeType.split('/');
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}

/** Why a file cannot go out here, before it is uploaded; null when it can. */
export function refuseFile(
  file: { type: string; size: number },
  allowed: readonly { kind: string; maxBytes: number }[],
): FileRefusal | null {
  if (file.size === 0) return { why: 'empty' };
  const kind = kindOfType(file.type);
  const limits = allowed.filter((one) => one.kind === kind);
  if (limits.length === 0) return { why: 'kind', kind };
  const maxBytes = Math.max(...limits.map((one) => one.maxBytes));
  return file.size > maxBytes ? { why: 'size', maxBytes } : null;
}

/** Files beside drafts, by conversation. They live in this tab: what was not sent is forgotten by the server in a day. */
export class AttachedFiles {
  private entries: readonly AttachedFile[] = [];
  private readonly listeners = new Set<() => void>();

  /** The same array until something changes. */
  all = (): readonly AttachedFile[] => this.entries;

  add(entry: AttachedFile): void {
    this.save([...this.entries, entry]);
  }

  update(key: string, change: Partial<AttachedFile>): void {
    this.save(this.entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)));
  }

  remove(key: string): void {
    this.save(this.entries.filter((entry) => entry.key !== key));
  }

  /** The files that are here go with a message. */
  take(conversationId: string): SentFile[] {
    const taken = this.entries.filter((entry) => entry.conversationId === conversationId && entry.state === 'ready');
    this.save(this.entries.filter((entry) => !taken.includes(entry)));
    return taken.flatMap(({ uploadId, kind, name, sizeBytes }) =>
      uploadId === null ? [] : [{ uploadId, kind, name, sizeBytes }],
    );
  }

  /** Files of a message that was taken back. */
  giveBack(conversationId: string, files: readonly SentFile[]): void {
    const back = files
      .filter(({ uploadId }) => !this.entries.some((entry) => entry.uploadId === uploadId))
      .map((file) => ({
        ...file,
        key: file.uploadId,
        conversationId,
        state: 'ready' as const,
        progress: 1,
        problem: null,
      }));
    if (back.length > 0) this.save([...this.entries, ...back]);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private save(entries: readonly AttachedFile[]): void {
    this.entries = entries;
    this.listeners.forEach((tell) => tell());
  }
}

export const attached = new AttachedFiles();
