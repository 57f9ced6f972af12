export type Status = 'published' | 'heldForReview' | 'likelySpam' | 'rejected';

export interface Person {
  key: string;
  channelId: string;
  name: string;
}

export interface Comment {
  id: string;
  videoId: string;
  /** The top comment it answers, or null. */
  parentId: string | null;
  authorId: string;
  text: string;
  publishedMs: number;
  updatedMs: number;
  status: Status;
}

/** One channel, its videos, its public. */
export class World {
  readonly people = new Map<string, Person>();
  readonly videos = new Map<string, { id: string; title: string; commentsDisabled: boolean }>();
  readonly comments = new Map<string, Comment>();
  readonly banned = new Set<string>();
  private clockMs: number | undefined;
  private lastMs = 0;
  private count = 0;

  constructor(readonly channelId: string) {}

  now(): number {
    return this.clockMs ?? Date.now();
  }

  setClock(ms: number): void {
    this.clockMs = ms;
  }

  /** YouTube tells whole seconds; comments of one second keep the order they came in. */
  private tick(): number {
    this.lastMs = Math.max(this.lastMs + 1, this.now());
    return this.lastMs;
  }

  person(key: string): Person {
    return found(this.people.get(key), `person ${key}`);
  }

  /** The video of this id, or the first. */
  video(id?: string): { id: string; title: string; commentsDisabled: boolean } {
    return found(id === undefined ? [...this.videos.values()][0] : this.videos.get(id), `video ${id}`);
  }

  /** The comment of this id, or the latest. */
  comment(id?: string): Comment {
    return found(id === undefined ? [...this.comments.values()].at(-1) : this.comments.get(id), `comment ${id}`);
  }

  addVideo(id: string, title: string): void {
    this.videos.set(id, { id, title, commentsDisabled: false });
  }

  addComment(
    videoId: string,
    authorId: string,
    text: string,
    parent: Comment | null,
    status: Status = 'published',
  ): Comment {
    this.count += 1;
    const name = `Ugx${String(this.count).padStart(6, '0')}InventedThread4AaABAg`;
    const at = this.tick();
    const comment: Comment = {
      id: parent ? `${parent.id}.${String(this.count).padStart(6, '0')}reply` : name,
      videoId,
      parentId: parent?.id ?? null,
      authorId,
      text,
      publishedMs: at,
      updatedMs: at,
      status,
    };
    this.comments.set(comment.id, comment);
    return comment;
  }

  edit(comment: Comment, text: string): void {
    comment.text = text;
    // whole seconds are told, so an edit is at least a second later
    comment.updatedMs = Math.max(this.now(), comment.publishedMs + 1000);
  }

  remove(id: string): void {
    this.comments.delete(id);
    for (const reply of this.replies(id)) this.comments.delete(reply.id);
  }

  replies(threadId: string): Comment[] {
    return [...this.comments.values()].filter(({ parentId }) => parentId === threadId);
  }

  shown(threadId: string): Comment[] {
    return this.replies(threadId).filter(({ status }) => status === 'published');
  }
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The simulator knows no ${what}.`);
  return value;
}
