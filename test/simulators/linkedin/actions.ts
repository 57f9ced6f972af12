import type { Comment, Notification, Post, World } from './world';

/**
 * What people, administrators and LinkedIn itself do. Each takes one plain object and tells the webhook what follows.
 * Without a post the page's first one is meant, without a comment the latest.
 */
export class Actions {
  constructor(
    private readonly world: World,
    private readonly push: (notification: Notification) => void,
  ) {}

  comment({ post, by, text }: { post?: string; by: string; text: string }): { id: string } {
    return this.write(
      this.world.postOf(post ?? this.world.posts[0]?.share ?? ''),
      `urn:li:person:${this.world.person(by).id}`,
      text,
      null,
    );
  }

  reply({ comment, by, text }: { comment?: string; by: string; text: string }): { id: string } {
    const parent = this.world.comment(comment);
    const top = parent.parent === null ? parent : this.world.comment(parent.parent);
    return this.write(this.world.postOf(top.activity), `urn:li:person:${this.world.person(by).id}`, text, top);
  }

  /** Somebody answers as the page in LinkedIn itself. */
  answerElsewhere({ comment, text }: { comment?: string; text: string }): { id: string } {
    const parent = this.world.comment(comment);
    return this.write(this.world.postOf(parent.activity), this.world.ownUrn, text, parent);
  }

  editComment({ comment, text }: { comment?: string; text: string }): void {
    const target = this.world.comment(comment);
    target.text = text;
    target.modifiedMs = this.world.tick();
    this.tell('COMMENT_EDIT', target, target.modifiedMs);
  }

  removeComment({ comment }: { comment?: string }): void {
    const target = this.world.comment(comment);
    target.removed = true;
    this.tell('COMMENT_DELETE', target, this.world.tick());
  }

  like({ by, comment, post }: { by: string; comment?: string; post?: string }): void {
    const target = comment ?? this.world.postOf(post ?? '').activity;
    const sourcePost = comment === undefined ? target : this.world.comment(comment).activity;
    const generatedActivity = `urn:li:like:(urn:li:person:${this.world.person(by).id},${target})`;
    this.push(this.world.notify('LIKE', { sourcePost, generatedActivity }, {}, this.world.tick()));
  }

  /** Someone writes a post that names the page. */
  mention({ by, text }: { by: string; text: string }): { id: string } {
    const post = this.world.addPost(text, `urn:li:person:${this.world.person(by).id}`);
    this.shared('SHARE_MENTION', post);
    return { id: post.share };
  }

  /** Someone passes a post of the page on, with or without words. */
  share({ by, text = '' }: { by: string; text?: string }): { id: string } {
    const post = this.world.addPost(text, `urn:li:person:${this.world.person(by).id}`);
    this.shared('SHARE', post);
    return { id: post.share };
  }

  loseRole(): void {
    this.world.administrator = false;
    this.world.subscriptions.clear();
  }

  regainRole(): void {
    this.world.administrator = true;
  }

  dropSubscription(): void {
    this.world.subscriptions.clear();
  }

  expireTokens(): void {
    for (const token of this.world.tokens.keys()) this.world.tokens.set(token, 0);
  }

  retireVersion({ version }: { version: string }): void {
    this.world.retiredVersions.add(version);
  }

  /** A comment of the page that came through the API. */
  published(comment: Comment): void {
    this.tell('ADMIN_COMMENT', comment, comment.createdMs);
  }

  private write(post: Post, actor: string, text: string, parent: Comment | null): { id: string } {
    const comment = this.world.addComment(post, actor, text, parent);
    this.tell(actor === this.world.ownUrn ? 'ADMIN_COMMENT' : 'COMMENT', comment, comment.createdMs);
    return { id: comment.urn };
  }

  private tell(action: string, comment: Comment, at: number): void {
    const post = this.world.postOf(comment.activity);
    const content = { owner: comment.actor, text: comment.text, entity: comment.urn, object: comment.activity };
    const decorations = {
      decoratedSourcePost: { owner: post.author, mediaCategory: 'NONE', text: post.commentary, entity: post.share },
      ...(action === 'COMMENT_DELETE' ? {} : { decoratedGeneratedActivity: { comment: content } }),
    };
    // pushed with the short form of the URN, as deliveries have been seen to carry it
    const short = comment.urn.replace('urn:li:activity', 'activity');
    this.push(this.world.notify(action, { sourcePost: comment.activity, generatedActivity: short }, decorations, at));
  }

  private shared(action: string, post: Post): void {
    const decorations = {
      decoratedGeneratedActivity: { share: { owner: post.author, text: post.commentary, entity: post.share } },
    };
    const facts = { sourcePost: post.share, generatedActivity: post.share };
    this.push(this.world.notify(action, facts, decorations, post.createdMs));
  }
}
