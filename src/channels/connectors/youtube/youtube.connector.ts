import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ChannelCapabilities, ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { RefreshOutcome } from '../../credentials';
import type { Description, PostFacts } from '../../describing';
import type { ParseContext } from '../../door';
import type { HealthReport } from '../../health';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import { backfillYouTube } from './youtube.backfill';
import { YOUTUBE_CAPABILITIES, YOUTUBE_CREDENTIALS } from './youtube.capabilities';
import { YouTubeClient } from './youtube.client';
import { describedPost, postCall } from './youtube.describe';
import { youTubeHealth } from './youtube.health';
import { googleOAuth, refreshGoogle } from './youtube.oauth';
import { channelPage, parseYouTube, videoPage } from './youtube.parser';
import { pollYouTube } from './youtube.poll';
import {
  editCall,
  lookUp,
  moderationCall,
  moderationOutcome,
  planSend,
  repeatableOutcome,
  publish,
} from './youtube.send';
import { checkYouTubeSettings, YOUTUBE_SETTINGS, youTubeSettings } from './youtube.settings';

const BACKFILL_MS = 90 * 86_400_000; // as far as a first look may go; the quota decides how fast it gets there

/** Comments under a channel's videos. There is no webhook: everything comes by polling. Source of every fact: youtube.md. */
export class YouTubeConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['youtube'];

  constructor(private readonly now: () => number = Date.now) {}

  capabilities(_kind: ChannelKind, settings: ChannelSettings = {}): ChannelCapabilities {
    const { comment } = YOUTUBE_CAPABILITIES;
    const textLimit = { ...comment.textLimit, max: youTubeSettings(settings).textLimit };
    return { comment: { ...comment, textLimit } };
  }

  credentialFields() {
    return YOUTUBE_CREDENTIALS;
  }

  settingFields() {
    return YOUTUBE_SETTINGS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkYouTubeSettings(settings);
  }

  door() {
    return null;
  }

  parse(body: unknown, context: ParseContext): InboundEvent[] {
    return parseYouTube(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const planned = planSend(channel, message);
    if ('status' in planned) return planned;
    return publish(new YouTubeClient(channel.settings, credentials), planned, this.now());
  }

  /** `absent` is what YouTube shows now: a call that timed out a moment ago may still land. */
  lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome> {
    return lookUp(new YouTubeClient(channel.settings, credentials), channel, message, sentAfter, this.now());
  }

  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const call = moderationCall(channel, action, target);
    if ('status' in call) return call;
    const answer = await new YouTubeClient(channel.settings, credentials).call(call);
    return moderationOutcome(answer, action, target.messageExternalId, this.now());
  }

  async edit(
    channel: ConnectedChannel,
    { messageExternalId, text }: { messageExternalId: string; text: string },
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const answer = await new YouTubeClient(channel.settings, credentials).call(editCall(messageExternalId, text));
    return repeatableOutcome(answer, messageExternalId, this.now());
  }

  permalink(
    channel: ConnectedChannel,
    { messageExternalId, postExternalId }: { messageExternalId?: string; postExternalId?: string },
  ) {
    if (postExternalId === undefined || postExternalId === channel.externalId) return channelPage(channel.externalId);
    const page = videoPage(postExternalId);
    return messageExternalId === undefined ? page : `${page}&lc=${encodeURIComponent(messageExternalId)}`;
  }

  async describePost(
    channel: ConnectedChannel,
    postExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PostFacts>> {
    const answer = await new YouTubeClient(channel.settings, credentials).call(postCall(postExternalId));
    return describedPost(postExternalId, answer, this.now());
  }

  /** Without a daily budget: quotas start anew at midnight Pacific time, so the poll keeps its own account. */
  pulls({ settings }: ConnectedChannel): PullPlan {
    return { pollMs: youTubeSettings(settings).pollMs, backfillMs: BACKFILL_MS };
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    const client = new YouTubeClient(channel.settings, credentials);
    const read = request.reason === 'poll' ? pollYouTube : backfillYouTube;
    return read(client, channel, request, this.now());
  }

  health(channel: ConnectedChannel, credentials: Credentials): Promise<HealthReport> {
    return youTubeHealth(new YouTubeClient(channel.settings, credentials), channel, credentials, this.now());
  }

  refresh(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome> {
    return refreshGoogle(new YouTubeClient(channel.settings, credentials), credentials, until, this.now());
  }

  oauth() {
    return googleOAuth(this.now);
  }
}
