export interface Person {
  /** Our name for the person in tests, e.g. `negar`. */
  key: string;
  id: string;
  firstName: string;
  lastName: string;
}

export interface Post {
  /** `urn:li:share:…`, what the posts API knows. */
  share: string;
  /** `urn:li:activity:…`, what comments are named by. */
  activity: string;
  author: string;
  commentary: string;
  createdMs: number;
}

export interface Comment {
  id: string;
  urn: string;
  activity: string;
  actor: string;
  text: string;
  createdMs: number;
  modifiedMs: number;
  parent: string | null;
  removed: boolean;
}

export interface Subscription {
  webhook: string;
  expiresAt: number;
}

export interface Notification {
  notificationId: number;
  action: string;
  /** Left out of a bare one. */
  decorations: Record<string, unknown>;
  facts: Record<string, unknown>;
  lastModifiedAt: number;
}

/** The organization page, its public and what happened there. */
export class World {
  readonly people = new Map<string, Person>();
  readonly posts: Post[] = [];
  readonly comments = new Map<string, Comment>();
  readonly notifications: Notification[] = [];
  /** Subscriptions by their compound key, decoded. */
  readonly subscriptions = new Map<string, Subscription>();
  /** Access tokens and when they end (ms); a refresh token makes new ones. */
  readonly tokens = new Map<string, number>();
  readonly refreshTokens = new Set<string>();
  readonly codes = new Set<string>();
  readonly retiredVersions = new Set<string>(['202511']);
  administrator = true;
  scopes = 'r_organization_social,w_organization_social,rw_organization_admin';
  private clockMs: number | undefined;
  private lastMs = 0;
  private count = 0;

  constructor(
    readonly organization: string,
    readonly memberId: string,
  ) {}

  get ownUrn(): string {
    return `urn:li:organization:${this.organization}`;
  }

  /** Never the same instant twice, so that what came later also carries a later time. */
  tick(): number {
    this.lastMs = Math.max(this.lastMs + 1, this.now());
    return this.lastMs;
  }

  now(): number {
    return this.clockMs ?? Date.now();
  }

  setClock(ms: number): void {
    this.clockMs = ms;
  }

  /** Nineteen digits, beyond what a double can hold. */
  id(): string {
    this.count += 1;
    return `7449095071${String(892_670_000 + this.count * 7).padStart(9, '0')}`;
  }

  person(key: string): Person {
    return found(this.people.get(key), `person ${key}`);
  }

  postOf(urn: string): Post {
    return found(
      this.posts.find(({ share, activity }) => share === urn || activity === urn),
      `post ${urn}`,
    );
  }

  addPost(commentary: string, author = this.ownUrn): Post {
    const post = {
      share: `urn:li:share:${this.id()}`,
      activity: `urn:li:activity:${this.id()}`,
      author,
      commentary,
      createdMs: this.tick(),
    };
    this.posts.push(post);
    return post;
  }

  addComment(post: Post, actor: string, text: string, parent: Comment | null): Comment {
    const id = this.id();
    const at = this.tick();
    const comment: Comment = {
      id,
      urn: `urn:li:comment:(${post.activity},${id})`,
      activity: post.activity,
      actor,
      text,
      createdMs: at,
      modifiedMs: at,
      parent: parent?.urn ?? null,
      removed: false,
    };
    this.comments.set(comment.urn, comment);
    return comment;
  }

  /** The comment of this name, or the latest. */
  comment(urn?: string): Comment {
    const comment = urn === undefined ? [...this.comments.values()].at(-1) : this.comments.get(urn);
    return found(comment, `comment ${urn}`);
  }

  /** Comments right under a post or a comment, oldest first. */
  under(target: string): Comment[] {
    const parent = this.comments.get(target);
    const activity = parent
      ? parent.activity
      : this.posts.find((p) => p.share === target || p.activity === target)?.activity;
    return [...this.comments.values()].filter(
      (one) => !one.removed && one.activity === activity && one.parent === (parent?.urn ?? null),
    );
  }

  notify(
    action: string,
    facts: Record<string, unknown>,
    decorations: Record<string, unknown>,
    at: number,
  ): Notification {
    const notification = {
      notificationId: 4_406_000 + this.notifications.length,
      action,
      facts,
      decorations,
      lastModifiedAt: at,
    };
    this.notifications.push(notification);
    return notification;
  }

  /** A notification as it travels; a bare one names things and says nothing of them. */
  wire({ notificationId, action, facts, decorations, lastModifiedAt }: Notification, decorated: boolean): unknown {
    return {
      notificationId,
      organizationalEntity: this.ownUrn,
      action,
      ...facts,
      ...(decorated ? decorations : {}),
      lastModifiedAt,
      subscriber: `urn:li:person:${this.memberId}`,
    };
  }
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The simulator knows no ${what}.`);
  return value;
}
