import type { Status, World } from './world';

/**
 * What viewers, moderators in YouTube Studio and YouTube itself do. Each takes one plain object. Without a video the first
 * one is meant, without a comment the latest.
 */
export class Actions {
  constructor(
    private readonly world: World,
    private readonly tokens: Map<string, number>,
  ) {}

  comment({ video, by, text, status }: { video?: string; by: string; text: string; status?: Status }): { id: string } {
    const { channelId } = this.world.person(by);
    return {
      id: this.world.addComment(
        this.world.video(video).id,
        channelId,
        text,
        null,
        this.world.banned.has(channelId) ? 'rejected' : status,
      ).id,
    };
  }

  reply({ comment, by, text }: { comment?: string; by: string; text: string }): { id: string } {
    return this.under(comment, this.world.person(by).channelId, text);
  }

  /** The channel answers in YouTube itself, past the app. */
  answerElsewhere({ comment, text }: { comment?: string; text: string }): { id: string } {
    return this.under(comment, this.world.channelId, text);
  }

  editComment({ comment, text }: { comment?: string; text: string }): void {
    this.world.edit(this.world.comment(comment), text);
  }

  removeComment({ comment }: { comment?: string }): void {
    this.world.remove(this.world.comment(comment).id);
  }

  /** A moderator's or the spam filter's decision. */
  setStatus({ comment, status }: { comment?: string; status: Status }): void {
    this.world.comment(comment).status = status;
  }

  disableComments({ video }: { video?: string }): void {
    this.world.video(video).commentsDisabled = true;
  }

  expireTokens(): void {
    for (const token of this.tokens.keys()) this.tokens.set(token, 0);
  }

  private under(commentId: string | undefined, authorId: string, text: string): { id: string } {
    const comment = this.world.comment(commentId);
    const top = comment.parentId === null ? comment : this.world.comment(comment.parentId);
    return { id: this.world.addComment(top.videoId, authorId, text, top).id };
  }
}
