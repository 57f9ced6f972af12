import { ProviderIds } from './ids';

export type Platform = 'facebook' | 'instagram';

export interface Account {
  platform: Platform;
  /** Page id or Instagram professional account id: the `entry[].id` of its webhooks. */
  id: string;
  name: string;
  username: string;
  /** The Page an Instagram account hangs under (setup A), or null. */
  pageId: string | null;
  /** Webhook fields the app is subscribed to for this account; nothing else is delivered. */
  subscribed: Set<string>;
  /** Instagram's "Allow access to messages" switch. */
  messageAccess: boolean;
  /** What the person who connects it may do on the Page. */
  tasks: string[];
}

export type TokenState = 'valid' | 'expired' | 'password_changed';

export interface Token {
  value: string;
  kind: 'page' | 'instagram' | 'user';
  /** What the token may act as; the first is what `me` means. */
  accountIds: string[];
  state: TokenState;
  /** What the person granted. */
  scopes: string[];
  /** Milliseconds since 1970; null: it does not end by itself. */
  endsMs: number | null;
}

/** A webhook of the app for one kind of object: the layer above the accounts' own subscriptions. */
export interface AppWebhook {
  callbackUrl: string;
  fields: string[];
  active: boolean;
}

/** A consent that was given and not yet exchanged. */
export interface Consent {
  network: 'facebook' | 'instagram';
  redirectUri: string;
  accountIds: string[];
  scopes: string[];
}

export interface Person {
  /** Our name for the person in tests and in the control plane, e.g. `negar`. */
  key: string;
  name: string;
  username: string;
  /** Author id in Page comments; by Meta's design it is not the PSID. */
  facebookId: string;
  /** PSID or IGSID per account id. */
  scopedIds: Map<string, string>;
  /** Accounts this person has blocked: messages to them answer 551. */
  blocked: Set<string>;
  /** Whether the profile may be read: `refused` answers 2018218, `empty` only the id. */
  profile: 'open' | 'refused' | 'empty';
}

export interface Post {
  id: string;
  accountId: string;
  text: string;
  mediaType: 'FEED' | 'REELS' | 'STORY' | 'AD' | 'LIVE';
  createdMs: number;
  /** When a broadcast ended; from then on its media cannot be read and its comments take no private reply. */
  endedMs?: number;
  permalink: string;
  /** The picture in it, or null. */
  pictureUrl: string | null;
  /** A visitor who posted on the Page, or null for the account's own post. */
  personKey: string | null;
}

export interface Comment {
  id: string;
  postId: string;
  accountId: string;
  /** The top-level comment this one answers, or null. There is no third level. */
  parentId: string | null;
  /** Null when the account itself wrote it. */
  personKey: string | null;
  text: string;
  photoUrl: string | null;
  createdMs: number;
  hidden: boolean;
  removed: boolean;
  likedBy: Set<string>;
  /** The message id of the one private reply this comment allows. */
  privateReplyId: string | null;
}

export interface MessageAttachment {
  type: string;
  url: string;
  title?: string;
}

export interface Message {
  id: string;
  threadId: string;
  fromAccount: boolean;
  text: string | null;
  attachments: MessageAttachment[];
  createdMs: number;
  replyToId: string | null;
  metadata: string | null;
  edits: number;
  deleted: boolean;
  /** Reaction emoji by who reacted (`customer` or `account`). */
  reactions: Map<string, string>;
}

export interface Thread {
  id: string;
  accountId: string;
  personKey: string;
  messages: Message[];
  /** Opens the 24-hour and 7-day windows; null until the person has done something in the thread. */
  lastUserActionMs: number | null;
  updatedMs: number;
}

export const ALL_FIELDS: Record<Platform, readonly string[]> = {
  facebook: [
    'feed',
    'mention',
    'messages',
    'message_echoes',
    'message_edits',
    'message_reactions',
    'message_reads',
    'message_deliveries',
    'messaging_postbacks',
    'messaging_referrals',
    'messaging_handovers',
    'standby',
  ],
  instagram: [
    'comments',
    'live_comments',
    'mentions',
    'messages',
    'message_edits',
    'message_reactions',
    'messaging_seen',
    'messaging_postbacks',
    'messaging_referral',
    'messaging_handover',
    'standby',
  ],
};

/** What a person who grants everything grants. */
export const ALL_SCOPES: Record<Platform, readonly string[]> = {
  facebook: [
    'pages_show_list',
    'pages_manage_metadata',
    'pages_read_engagement',
    'pages_read_user_content',
    'pages_manage_engagement',
    'pages_messaging',
    'business_management',
    'instagram_basic',
    'instagram_manage_comments',
    'instagram_manage_messages',
  ],
  instagram: ['instagram_business_basic', 'instagram_business_manage_comments', 'instagram_business_manage_messages'],
};

/** Everything the networks know: accounts, people, posts, comments and threads. No HTTP and no webhooks in here. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly tokens = new Map<string, Token>();
  readonly people = new Map<string, Person>();
  readonly posts = new Map<string, Post>();
  readonly comments = new Map<string, Comment>();
  readonly threads = new Map<string, Thread>();
  readonly messages = new Map<string, Message>();
  /** By object, `page` or `instagram`. */
  readonly appWebhooks = new Map<string, AppWebhook>();
  /** By code. */
  readonly consents = new Map<string, Consent>();
  /** Names of uploaded files, by attachment id. */
  readonly uploads = new Map<string, string>();
  /** Names of fields the API refuses to this app; one of them fails the whole call. */
  readonly refusedFields = new Set<string>();
  private readonly commentsByPost = new Map<string, Comment[]>();
  private readonly threadsById = new Map<string, Thread>();
  private clockOffsetMs = 0;

  constructor(readonly ids: ProviderIds) {}

  now(): number {
    return Date.now() + this.clockOffsetMs;
  }

  /** Jumps the simulator's clock to `ms`; it keeps running from there. */
  setClock(ms: number): void {
    this.clockOffsetMs = ms - Date.now();
  }

  account(id: string): Account {
    return found(this.accounts.get(id), `account ${id}`);
  }

  person(key: string): Person {
    return found(this.people.get(key), `person ${key}`);
  }

  addAccount(account: Pick<Account, 'platform' | 'id' | 'name'> & Partial<Account>): Account {
    const added: Account = {
      username: account.name,
      pageId: null,
      subscribed: new Set(ALL_FIELDS[account.platform]),
      messageAccess: true,
      tasks: ['MODERATE', 'MESSAGING', 'MANAGE'],
      ...account,
    };
    this.accounts.set(added.id, added);
    return added;
  }

  addToken(value: string, kind: Token['kind'], accountIds: string[], over: Partial<Token> = {}): Token {
    const scopes = [...ALL_SCOPES[kind === 'instagram' ? 'instagram' : 'facebook']];
    const token: Token = { value, kind, accountIds, state: 'valid', scopes, endsMs: null, ...over };
    this.tokens.set(value, token);
    return token;
  }

  addPerson(key: string, name: string, username: string, known: { facebookId?: string } = {}): Person {
    const person: Person = {
      key,
      name,
      username,
      facebookId: known.facebookId ?? this.ids.digits('7'),
      scopedIds: new Map(),
      blocked: new Set(),
      profile: 'open',
    };
    this.people.set(key, person);
    return person;
  }

  /** PSID or IGSID of the person for this account, made on first use. */
  scopedId(accountId: string, personKey: string): string {
    const person = this.person(personKey);
    const known = person.scopedIds.get(accountId);
    if (known !== undefined) return known;
    const scoped = this.ids.digits(this.account(accountId).platform === 'facebook' ? '8' : '1599');
    person.scopedIds.set(accountId, scoped);
    return scoped;
  }

  personByScopedId(accountId: string, scopedId: string): Person | undefined {
    return [...this.people.values()].find((person) => person.scopedIds.get(accountId) === scopedId);
  }

  addPost(post: Pick<Post, 'accountId' | 'text'> & Partial<Post>): Post {
    const account = this.account(post.accountId);
    const id =
      post.id ?? (account.platform === 'facebook' ? `${account.id}_${this.ids.digits('122')}` : this.ids.digits('180'));
    const added: Post = {
      mediaType: 'FEED',
      createdMs: this.now(),
      permalink: account.platform === 'facebook' ? facebookPermalink(id) : `https://www.instagram.com/p/${id}/`,
      pictureUrl: null,
      personKey: null,
      ...post,
      id,
    };
    this.posts.set(id, added);
    return added;
  }

  addComment(comment: Pick<Comment, 'postId' | 'text' | 'personKey' | 'parentId'> & Partial<Comment>): Comment {
    const post = found(this.posts.get(comment.postId), `post ${comment.postId}`);
    const platform = this.account(post.accountId).platform;
    const postPart = post.id.slice(post.id.indexOf('_') + 1);
    const added: Comment = {
      id: platform === 'facebook' ? `${postPart}_${this.ids.digits('14')}` : this.ids.digits('1798'),
      accountId: post.accountId,
      photoUrl: null,
      createdMs: this.now(),
      hidden: false,
      removed: false,
      likedBy: new Set(),
      privateReplyId: null,
      ...comment,
    };
    this.comments.set(added.id, added);
    const onPost = this.commentsByPost.get(post.id);
    if (onPost) onPost.push(added);
    else this.commentsByPost.set(post.id, [added]);
    return added;
  }

  commentsOf(postId: string): Comment[] {
    return (this.commentsByPost.get(postId) ?? []).filter((comment) => !comment.removed);
  }

  thread(accountId: string, personKey: string): Thread {
    const key = `${accountId}:${personKey}`;
    const known = this.threads.get(key);
    if (known) return known;
    this.scopedId(accountId, personKey);
    const thread: Thread = {
      id: `t_${this.ids.digits('1015')}`,
      accountId,
      personKey,
      messages: [],
      lastUserActionMs: null,
      updatedMs: this.now(),
    };
    this.threads.set(key, thread);
    this.threadsById.set(thread.id, thread);
    return thread;
  }

  threadById(id: string): Thread | undefined {
    return this.threadsById.get(id);
  }

  addMessage(thread: Thread, message: Pick<Message, 'fromAccount'> & Partial<Message>): Message {
    const added: Message = {
      id: this.ids.mid(this.account(thread.accountId).platform),
      text: null,
      attachments: [],
      createdMs: this.now(),
      replyToId: null,
      metadata: null,
      edits: 0,
      deleted: false,
      reactions: new Map(),
      ...message,
      threadId: thread.id,
    };
    thread.messages.push(added);
    thread.updatedMs = added.createdMs;
    if (!added.fromAccount) thread.lastUserActionMs = added.createdMs;
    this.messages.set(added.id, added);
    return added;
  }
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The Meta simulator has no ${what}; GET /__sim/state lists what it has.`);
  return value;
}

function facebookPermalink(postId: string): string {
  const [page, part] = postId.split('_');
  return `https://www.facebook.com/${page}/posts/${part}`;
}
