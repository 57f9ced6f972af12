import {
  attachmentsBody,
  feedComment,
  feedReaction,
  instagramComment,
  instagramMention,
  type JsonObject,
  messaging,
  visitorPost,
  type CommentVerb,
  type WebhookEvent,
} from './events';
import {
  ALL_SCOPES,
  type Comment,
  type Message,
  type MessageAttachment,
  type Thread,
  type World,
  found,
} from './world';

export interface CommentAction {
  postId: string;
  person: string;
  text: string;
  photoUrl?: string;
  /** The comment being answered, of either level; the new one hangs under the top-level one, as on the networks. */
  parentId?: string;
}

export interface DirectMessageAction {
  accountId: string;
  person: string;
  text?: string;
  attachments?: MessageAttachment[];
  replyToId?: string;
  quickReplyPayload?: string;
  /** A reply to this story of the account. */
  storyId?: string;
  /** Delivered to us as the app that does not own the thread. */
  standby?: boolean;
}

/** What people (and other tools on the business side) do on the networks. Each action changes the world and emits webhooks. */
export class CustomerActions {
  constructor(
    private readonly world: World,
    private readonly emit: (events: WebhookEvent[]) => void,
  ) {}

  comment({ postId, person, text, photoUrl, parentId }: CommentAction): { id: string } {
    this.world.person(person);
    const parent = parentId === undefined ? null : this.commentOf(parentId);
    const comment = this.world.addComment({
      postId,
      text,
      personKey: person,
      parentId: parent === null ? null : (parent.parentId ?? parent.id),
      photoUrl: photoUrl ?? null,
    });
    this.tell(comment, 'add');
    return { id: comment.id };
  }

  editComment({ commentId, text }: { commentId: string; text: string }): void {
    const comment = this.commentOf(commentId);
    comment.text = text;
    this.tell(comment, 'edited');
  }

  removeComment({ commentId }: { commentId: string }): void {
    const comment = this.commentOf(commentId);
    comment.removed = true;
    this.tell(comment, 'remove');
  }

  /** A moderator hides or shows a comment in the network's own tool. */
  hideComment({ commentId, hidden }: { commentId: string; hidden: boolean }): void {
    const comment = this.commentOf(commentId);
    comment.hidden = hidden;
    this.tell(comment, hidden ? 'hide' : 'unhide');
  }

  reactToComment({ commentId, person, reaction }: { commentId: string; person: string; reaction: string }): void {
    const comment = this.commentOf(commentId);
    const { facebookId, name } = this.world.person(person);
    this.emit([feedReaction(this.world, comment, { id: facebookId, name }, 'add', reaction)]);
  }

  postOnPage({ accountId, person, text }: { accountId: string; person: string; text: string }): { id: string } {
    const post = this.world.addPost({ accountId, text, personKey: this.world.person(person).key });
    this.emit([visitorPost(this.world, post.id)]);
    return { id: post.id };
  }

  /** Someone mentions the Instagram account elsewhere; the webhook names ids only. */
  mention({ accountId, mediaId, commentId }: { accountId: string; mediaId: string; commentId?: string }): void {
    this.emit([instagramMention(this.world.account(accountId), mediaId, commentId ?? null)]);
  }

  directMessage(action: DirectMessageAction): { id: string; threadId: string } {
    const thread = this.world.thread(action.accountId, action.person);
    const message = this.world.addMessage(thread, {
      fromAccount: false,
      text: action.text ?? null,
      attachments: action.attachments ?? [],
      replyToId: action.replyToId ?? null,
    });
    const body = messageBody(message, action);
    const { standby, storyId } = action;
    if (storyId !== undefined)
      body['reply_to'] = { story: { id: storyId, url: `https://lookaside.fbsbx.com/ig/${storyId}` } };
    const event = messaging(this.world, thread, 'messages', { message: body }, { standby, at: message.createdMs });
    this.emit([event]);
    return { id: message.id, threadId: thread.id };
  }

  editMessage({ messageId, text }: { messageId: string; text: string }): void {
    const { thread, message } = this.messageOf(messageId);
    message.text = text;
    message.edits += 1;
    const body = { message_edit: { mid: message.id, text, num_edit: message.edits } };
    this.emit([messaging(this.world, thread, 'message_edits', body)]);
  }

  unsendMessage({ messageId }: { messageId: string }): void {
    const { thread, message } = this.messageOf(messageId);
    message.deleted = true;
    this.emit([messaging(this.world, thread, 'messages', { message: { mid: message.id, is_deleted: true } })]);
  }

  /** Without an emoji the reaction is taken back. */
  reactToMessage({ messageId, reaction, emoji }: { messageId: string; reaction?: string; emoji?: string }): void {
    const { thread, message } = this.messageOf(messageId);
    thread.lastUserActionMs = this.world.now();
    if (emoji === undefined) message.reactions.delete('customer');
    else message.reactions.set('customer', emoji);
    const change =
      emoji === undefined ? { action: 'unreact' } : { action: 'react', reaction: reaction ?? 'love', emoji };
    this.emit([messaging(this.world, thread, 'message_reactions', { reaction: { mid: message.id, ...change } })]);
  }

  /** The person reads everything the account sent; Messenger says until when, Instagram says which message. */
  readMessages({ accountId, person }: { accountId: string; person: string }): void {
    const thread = this.world.thread(accountId, person);
    const last = thread.messages.findLast((message) => message.fromAccount);
    if (!last) return;
    const facebook = this.world.account(accountId).platform === 'facebook';
    const read = facebook ? { watermark: last.createdMs } : { mid: last.id };
    this.emit([messaging(this.world, thread, facebook ? 'message_reads' : 'messaging_seen', { read })]);
  }

  /** The network tells that what the account sent has reached the person's device (Messenger only). */
  deliverMessages({ accountId, person }: { accountId: string; person: string }): void {
    const thread = this.world.thread(accountId, person);
    const sent = thread.messages.filter((message) => message.fromAccount);
    const delivery = { mids: sent.map(({ id }) => id), watermark: sent.at(-1)?.createdMs ?? this.world.now() };
    this.emit([messaging(this.world, thread, 'message_deliveries', { delivery })]);
  }

  postback(action: { accountId: string; person: string; title: string; payload: string }): { id: string } {
    const thread = this.world.thread(action.accountId, action.person);
    const message = this.world.addMessage(thread, { fromAccount: false, text: action.title });
    const postback = { title: action.title, payload: action.payload, mid: message.id };
    this.emit([messaging(this.world, thread, 'messaging_postbacks', { postback }, { at: message.createdMs })]);
    return { id: message.id };
  }

  /** Somebody answers in Meta's own inbox, past the app: only an echo with a foreign app id tells of it. */
  replyFromOtherTool({ accountId, person, text }: { accountId: string; person: string; text: string }): { id: string } {
    const thread = this.world.thread(accountId, person);
    const message = this.world.addMessage(thread, { fromAccount: true, text });
    const facebook = this.world.account(accountId).platform === 'facebook';
    const body = {
      message: { mid: message.id, is_echo: true, ...(facebook ? { app_id: 263902037430900 } : {}), text },
    };
    const field = facebook ? 'message_echoes' : 'messages';
    this.emit([messaging(this.world, thread, field, body, { fromAccount: true, at: message.createdMs })]);
    return { id: message.id };
  }

  /** The account's live broadcast is over. */
  endBroadcast({ postId }: { postId: string }): void {
    found(this.world.posts.get(postId), `post ${postId}`).endedMs = this.world.now();
  }

  /** The app's subscription of the account ends, as after an hour of failing deliveries or a change of role. */
  dropSubscription({ accountId }: { accountId: string }): void {
    this.world.account(accountId).subscribed.clear();
  }

  /** The owner of the accounts allows the app on its consent page. @returns the code the browser brings back */
  consent(grant: {
    network: 'facebook' | 'instagram';
    redirectUri: string;
    accountIds: string[];
    /** Without: everything. */
    scopes?: string[];
  }): { code: string } {
    const code = this.world.ids.digits('code');
    this.world.consents.set(code, { ...grant, scopes: grant.scopes ?? [...ALL_SCOPES[grant.network]] });
    return { code };
  }

  block({ accountId, person, blocked }: { accountId: string; person: string; blocked: boolean }): void {
    const { blocked: accounts } = this.world.person(person);
    if (blocked) accounts.add(accountId);
    else accounts.delete(accountId);
  }

  private tell(comment: Comment, verb: CommentVerb): void {
    const facebook = this.world.account(comment.accountId).platform === 'facebook';
    if (facebook) this.emit([feedComment(this.world, comment, verb)]);
    else if (verb === 'add') this.emit([instagramComment(this.world, comment)]);
  }

  private commentOf(id: string): Comment {
    return found(this.world.comments.get(id), `comment ${id}`);
  }

  private messageOf(id: string): { thread: Thread; message: Message } {
    const message = found(this.world.messages.get(id), `message ${id}`);
    return { message, thread: found(this.world.threadById(message.threadId), `thread ${message.threadId}`) };
  }
}

function messageBody(message: Message, action: DirectMessageAction): JsonObject {
  return {
    mid: message.id,
    ...(message.text === null ? {} : { text: message.text }),
    ...attachmentsBody(message.attachments),
    ...(action.quickReplyPayload === undefined ? {} : { quick_reply: { payload: action.quickReplyPayload } }),
    ...(message.replyToId === null ? {} : { reply_to: { mid: message.replyToId } }),
  };
}
