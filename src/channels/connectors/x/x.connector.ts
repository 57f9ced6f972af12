import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { RefreshOutcome } from '../../credentials';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthReport } from '../../health';
import type { MediaSource, MediaWanted } from '../../media';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import { xCapabilities } from './x.capabilities';
import { XClient } from './x.client';
import { describePerson, describePost, mediaSource, permalinkOf } from './x.describe';
import { heldWhenCapped } from './x.errors';
import { report, standingOf } from './x.health';
import { lookUp } from './x.lookup';
import { moderatePost } from './x.moderation';
import { renew, XOAuth } from './x.oauth';
import { parseX } from './x.parser';
import { pullPlan, pullStep } from './x.pull';
import { finishSend, prepareSend } from './x.send';
import { checkXSettings, X_CREDENTIALS, X_SETTINGS } from './x.settings';
import { crcAnswer, verifyXSignature } from './x.signature';
import { setUp, takeDown } from './x.subscribe';

const DOOR: WebhookDoor = {
  path: 'x',
  address: 'shared',
  secret: 'appSecret',
  verify: verifyXSignature,
  handshake: crcAnswer,
};

/** X: mentions, replies and quotes in public, direct messages in private. */
export class XConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['x'];
  private readonly network = new XOAuth(() => this.now());
  /** Per channel and kind of thread: until when its allowance is used up (ms since 1970). A hint only; lost on restart. */
  private readonly pausedUntil = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  capabilities(_kind: ChannelKind, settings: ChannelSettings = {}) {
    return xCapabilities(settings);
  }

  credentialFields() {
    return X_CREDENTIALS;
  }

  settingFields() {
    return X_SETTINGS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkXSettings(settings);
  }

  door(): WebhookDoor {
    return DOOR;
  }

  parse(body: unknown, context: ParseContext): InboundEvent[] {
    return parseX(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const pause = `${channel.id} ${message.threadKind}`;
    const afterMs = (this.pausedUntil.get(pause) ?? 0) - this.now();
    if (afterMs > 0) return { ...PAUSED, afterMs };
    this.pausedUntil.delete(pause);
    const client = this.client(channel, credentials);
    const prepared = await prepareSend(client, channel, message);
    if ('status' in prepared) return heldWhenCapped(prepared);
    const { outcome, exhaustedMs } = await finishSend(client, prepared);
    if (exhaustedMs !== undefined) this.pausedUntil.set(pause, this.now() + exhaustedMs);
    return heldWhenCapped(outcome);
  }

  lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome> {
    return lookUp(this.client(channel, credentials), channel, message, sentAfter);
  }

  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    return heldWhenCapped(await moderatePost(this.client(channel, credentials), channel, action, target));
  }

  permalink(channel: ConnectedChannel, target: Parameters<typeof permalinkOf>[1]): string | undefined {
    return permalinkOf(channel, target);
  }

  describePost(channel: ConnectedChannel, postExternalId: string, credentials: Credentials) {
    return describePost(this.client(channel, credentials), postExternalId);
  }

  describePerson(channel: ConnectedChannel, personExternalId: string, credentials: Credentials) {
    return describePerson(this.client(channel, credentials), personExternalId);
  }

  pulls(channel: ConnectedChannel): PullPlan {
    return pullPlan(channel);
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    return pullStep(this.client(channel, credentials), channel, request, this.now());
  }

  media(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource> {
    return Promise.resolve(mediaSource(channel, wanted, credentials));
  }

  async health(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    const client = this.client(channel, credentials);
    return report(client, channel, credentials, webhookUrl, await standingOf(client, channel, credentials));
  }

  async subscribe(
    channel: ConnectedChannel,
    credentials: Credentials,
    webhookUrl: string | null,
  ): Promise<HealthReport> {
    await setUp(this.client(channel, credentials), channel, credentials, webhookUrl);
    return this.health(channel, credentials, webhookUrl);
  }

  unsubscribe(channel: ConnectedChannel, credentials: Credentials): Promise<string | null> {
    return takeDown(this.client(channel, credentials), channel);
  }

  refresh(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome> {
    return renew(channel, credentials, until, this.now());
  }

  oauth(): XOAuth {
    return this.network;
  }

  private client(channel: ConnectedChannel, credentials: Credentials): XClient {
    return new XClient(channel.settings, credentials, this.now);
  }
}

const PAUSED: SendOutcome & { status: 'retry' } = {
  status: 'retry',
  reason: 'The allowance of calls is used up.',
  code: 'rate_limited',
  scope: 'channel',
};
