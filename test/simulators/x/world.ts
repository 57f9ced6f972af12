/** A person or brand with an account at X. */
export interface XUser {
  id: string;
  name: string;
  handle: string;
  /** Takes no direct messages from the brand. */
  dmsClosed: boolean;
}

export interface XPostRow {
  /** Ids of all versions, oldest first. */
  versions: string[];
  authorId: string;
  text: string;
  at: number;
  conversationId: string;
  replyTo?: { id: string; authorId: string };
  quoted?: string;
  hidden: boolean;
  deleted: boolean;
  likedBy: Set<string>;
  /** Not yet in any list or search. */
  unlisted: boolean;
}

export interface XDmRow {
  id: string;
  senderId: string;
  recipientId: string;
  text: string;
  at: number;
  media?: { id: string; type: string; file: string; bytes: Buffer };
  deletedFor: Set<string>;
}

/** Something the account's side did that a customer or the public could see. */
export interface XEffect {
  seq: number;
  at: number;
  kind: 'reply' | 'post' | 'direct_message' | 'hide' | 'unhide' | 'delete' | 'like' | 'unlike';
  accountId: string;
  /** What came into being, or what was changed. */
  id: string;
  /** The post answered, or the person written to. */
  target: string;
  text: string | null;
  media: number;
}

const EPOCH = 1_288_834_974_657;

/** Everything X knows, in memory: people, posts, messages. Its clock stands still unless moved when `fixed`. */
export class XWorld {
  readonly users = new Map<string, XUser>();
  readonly posts: XPostRow[] = [];
  readonly dms: XDmRow[] = [];
  readonly effects: XEffect[] = [];
  private fixed: number | null = null;
  private last = 0n;

  /** As X's own: milliseconds since its epoch, then 22 bits to tell ids of one millisecond apart. They exceed 2^53. */
  nextId(): string {
    const first = BigInt(this.now() - EPOCH) << 22n;
    this.last = first > this.last ? first : this.last + 1n;
    return this.last.toString();
  }

  now(): number {
    return this.fixed ?? Date.now();
  }

  setClock(at: number): void {
    this.fixed = at;
  }

  addUser(user: Omit<XUser, 'dmsClosed'> & { dmsClosed?: boolean }): XUser {
    const row = { dmsClosed: false, ...user };
    this.users.set(row.id, row);
    return row;
  }

  /** By id, handle, or first part of the handle: `negar` finds `negar_r`. */
  user(name: string): XUser {
    const found =
      this.users.get(name) ??
      [...this.users.values()].find(({ handle }) => handle === name || handle.split('_')[0] === name);
    if (!found) throw new Error(`There is no person ${name} in this world.`);
    return found;
  }

  post(id: string): XPostRow | undefined {
    return this.posts.find(({ versions, deleted }) => !deleted && versions.includes(id));
  }

  existing(id: string): XPostRow {
    const post = this.post(id);
    if (!post) throw new Error(`There is no post ${id} in this world.`);
    return post;
  }

  write(authorId: string, text: string, over: { replyTo?: string; quoted?: string; at?: number } = {}): XPostRow {
    const id = this.nextId();
    const parent = over.replyTo === undefined ? undefined : this.existing(over.replyTo);
    const post: XPostRow = {
      versions: [id],
      authorId,
      text,
      at: over.at ?? this.now(),
      conversationId: parent?.conversationId ?? id,
      ...(parent ? { replyTo: { id: over.replyTo!, authorId: parent.authorId } } : {}),
      ...(over.quoted === undefined ? {} : { quoted: over.quoted }),
      hidden: false,
      deleted: false,
      likedBy: new Set(),
      unlisted: false,
    };
    this.posts.push(post);
    return post;
  }

  message(senderId: string, recipientId: string, text: string, media?: XDmRow['media'], at = this.now()): XDmRow {
    const dm: XDmRow = { id: this.nextId(), senderId, recipientId, text, at, media, deletedFor: new Set() };
    this.dms.push(dm);
    return dm;
  }

  effect(effect: Omit<XEffect, 'seq' | 'at'>): void {
    this.effects.push({ seq: this.effects.length + 1, at: this.now(), ...effect });
  }

  /** Groups of texts a customer saw more than once. */
  duplicates(): XEffect[][] {
    const groups = new Map<string, XEffect[]>();
    for (const effect of this.effects) {
      const { kind, accountId, target, text } = effect;
      if (text === null) continue;
      const key = `${kind}|${accountId}|${target}|${text}`;
      groups.set(key, [...(groups.get(key) ?? []), effect]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }
}

export const rootOf = ({ versions }: XPostRow): string => versions[0]!;
export const latestOf = ({ versions }: XPostRow): string => versions.at(-1)!;

/** A picture in four bytes: enough for a fake. */
export const PICTURE = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);

export const SEED = {
  brandId: '1777700011112222333',
  negarId: '1888800022223333444',
  amirId: '205512340',
  parisaId: '1999900033334444555',
  accessToken: 'x-user-token-0',
  refreshToken: 'x-refresh-0',
  bearerToken: 'x-app-bearer',
  clientId: 'x-client',
  clientSecret: 'x-client-secret',
  appSecret: 'x_consumer_secret_invented_0001',
} as const;

export function seedWorld(world: XWorld): void {
  world.addUser({ id: SEED.brandId, name: 'سیب‌سرخ', handle: 'sib_sorkh' });
  world.addUser({ id: SEED.negarId, name: 'نگار رستمی', handle: 'negar_r' });
  world.addUser({ id: SEED.amirId, name: 'Amir T.', handle: 'amir_tvk' });
  world.addUser({ id: SEED.parisaId, name: 'پریسا', handle: 'parisa_m', dmsClosed: true });
}
