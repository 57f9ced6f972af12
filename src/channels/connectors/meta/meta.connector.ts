import { joined } from '../../../text/words';
import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { RefreshOutcome } from '../../credentials';
import type { BroadcastState, Description, MessageFacts, PersonFacts, PostFacts } from '../../describing';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthCheck, HealthReport } from '../../health';
import type { MediaSource, MediaWanted } from '../../media';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { OAuthNetwork } from '../../oauth-network';
import { InstagramOAuth } from './instagram.oauth';
import { metaCapabilities } from './meta.capabilities';
import { MetaClient, type CallMeta, type MetaCall, type MetaReply } from './meta.client';
import {
  descriptionOf,
  mentionCall,
  mentionedMediaCall,
  mentionedMediaFacts,
  mentionFacts,
  personCall,
  personFacts,
  postCall,
  postFacts,
} from './meta.describe';
import { META_DOOR } from './meta.door';
import { heldWhenBlocked, isGone, outcomeOf, repeatable } from './meta.errors';
import { broadcastState, explained } from './meta.explain';
import { id, type JsonRecord, record } from '../json';
import { unanswered } from '../unanswered';
import { healthOf } from './meta.health';
import { lookUp } from './meta.lookup';
import { mediaSource } from './meta.media';
import { moderationCall } from './meta.moderation';
import { MetaOAuth } from './meta.oauth';
import { parseMeta } from './meta.parser';
import { permalinkOf } from './meta.permalink';
import { pullPlan, pullStep } from './meta.pull';
import { planSend } from './meta.send';
import { checkMetaSettings, metaCredentialFields, metaSettingFields } from './meta.settings';
import { endSubscription, setUpSubscriptions } from './meta.subscription';
import { renewToken } from './meta.tokens';
import { fileToUpload, uploadFile } from './meta.upload';

const FULL_PERCENT = 95; // Meta blocks at 100; the rest is left for reading back
const BUSY_PERCENT = 80; // from here on only people's own work goes on, and readings wait
const PAUSE_MS = 5 * 60_000; // when the headers give no time: the allowance slides over an hour

/** Facebook Pages (comments, Messenger) and Instagram (comments, direct messages). */
export class MetaConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['facebook', 'instagram'];
  /** Per channel: until when its allowance is used up (ms since 1970). A hint only; lost on restart, learnt again at once. */
  private readonly pausedUntil = new Map<string, number>();
  /** The same for readings, which give way earlier. */
  private readonly readsPausedUntil = new Map<string, number>();
  private readonly facebookLogin = new MetaOAuth(() => this.now());
  private readonly instagramLogin = new InstagramOAuth(() => this.now());

  constructor(private readonly now: () => number = Date.now) {}

  capabilities(kind: ChannelKind, settings?: ChannelSettings) {
    return metaCapabilities(kind, settings);
  }

  credentialFields(kind: ChannelKind) {
    return metaCredentialFields(kind);
  }

  settingFields(kind: ChannelKind) {
    return metaSettingFields(kind);
  }

  checkSettings(kind: ChannelKind, settings: ChannelSettings) {
    return checkMetaSettings(kind, settings);
  }

  door(): WebhookDoor {
    return META_DOOR;
  }

  reads(body: unknown): boolean {
    return record(body)?.['object'] !== 'whatsapp_business_account';
  }

  parse(body: unknown, context: ParseContext = {}): InboundEvent[] {
    return parseMeta(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const refused = planSend(channel, message);
    if ('status' in refused) return refused;
    const paused = this.paused(channel);
    if (paused) return paused;
    const file = fileToUpload(channel, message);
    const uploaded = file && (await uploadFile(this.caller(channel, credentials), channel, file));
    if (uploaded && 'status' in uploaded) return heldWhenBlocked(uploaded);
    const planned = planSend(channel, message, uploaded?.attachmentId);
    if ('status' in planned) return planned;
    const reply = await this.call(channel, credentials, planned.call);
    if (reply.kind === 'no_answer') return unanswered(reply);
    if (reply.kind === 'refused') {
      const outcome = outcomeOf(reply.error, reply.usage.regainMs);
      return heldWhenBlocked(await explained(this.caller(channel, credentials), channel, message, outcome));
    }
    const externalId = id(reply.body[planned.idField]);
    if (externalId === undefined) return { status: 'unknown', reason: 'Meta accepted the message without naming it.' };
    return { status: 'sent', externalId, recipientExternalId: id(reply.body['recipient_id']) };
  }

  /**
   * Reads back for a message in doubt. `absent` is what Meta shows now: a call that timed out a moment ago may still
   * land, so ask only after the echo has had its time.
   */
  lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome> {
    return lookUp(new MetaClient(channel.settings, credentials), channel, message, sentAfter);
  }

  /** Each action ends in the same state however often it is done, so doubt is answered by doing it again. */
  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const { messageExternalId } = target;
    const paused = this.paused(channel);
    if (paused) return paused;
    const planned = moderationCall(channel, action, target);
    if (!planned)
      return { status: 'failed', code: 'capability_missing', reason: `Meta has no "${action}" here.`, fix: 'none' };
    const reply = await this.call(channel, credentials, planned);
    if (reply.kind === 'ok') return { status: 'sent', externalId: messageExternalId };
    const outcome = repeatable(reply);
    const gone = outcome.status === 'failed' && outcome.code === 'object_gone';
    return action === 'delete' && gone ? { status: 'sent', externalId: messageExternalId } : heldWhenBlocked(outcome);
  }

  /** Only the own comment on a Page can be changed; direct messages and Instagram's comments stay as they were sent. */
  async edit(
    channel: ConnectedChannel,
    { messageExternalId, text, threadKind }: { messageExternalId: string; text: string; threadKind: 'comment' | 'dm' },
    credentials: Credentials,
  ): Promise<SendOutcome> {
    if (channel.kind !== 'facebook' || threadKind !== 'comment')
      return { status: 'failed', code: 'capability_missing', reason: 'Meta has no editing here.', fix: 'none' };
    const paused = this.paused(channel);
    if (paused) return paused;
    const call: MetaCall = { method: 'POST', path: [messageExternalId], body: { message: text } };
    const reply = await this.call(channel, credentials, call);
    return reply.kind === 'ok' ? { status: 'sent', externalId: messageExternalId } : heldWhenBlocked(repeatable(reply));
  }

  permalink(channel: ConnectedChannel, target: Parameters<typeof permalinkOf>[1]): string | undefined {
    return permalinkOf(channel, target);
  }

  /** Somebody else's post that mentions the account can be read by way of that mention only. */
  async describePost(
    channel: ConnectedChannel,
    postId: string,
    credentials: Credentials,
  ): Promise<Description<PostFacts>> {
    const paused = this.paused(channel);
    if (paused) return paused;
    const reply = await this.call(channel, credentials, postCall(channel, postId));
    if (channel.kind !== 'instagram' || !isGone(reply)) return descriptionOf(reply, postFacts);
    const mentioned = await this.call(channel, credentials, mentionedMediaCall(channel, postId));
    return descriptionOf(mentioned, mentionedMediaFacts);
  }

  async broadcasts(channel: ConnectedChannel, postId: string, credentials: Credentials): Promise<BroadcastState> {
    const { reason, afterMs } = this.paused(channel) ?? {};
    if (reason !== undefined) return { status: 'cannot_tell', reason, afterMs };
    return broadcastState(this.caller(channel, credentials), postId);
  }

  describePerson(
    channel: ConnectedChannel,
    personId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>> {
    return this.describe(channel, personCall(channel, personId), personFacts, credentials);
  }

  async describeMessage(
    channel: ConnectedChannel,
    messageExternalId: string,
    credentials: Credentials,
  ): Promise<Description<MessageFacts>> {
    const call = mentionCall(channel, messageExternalId);
    return call ? this.describe(channel, call, mentionFacts, credentials) : { status: 'absent' };
  }

  pulls(channel: ConnectedChannel): PullPlan {
    return pullPlan(channel);
  }

  async pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    const paused = this.paused(channel) ?? this.paused(channel, this.readsPausedUntil);
    if (paused) return { status: 'retry', reason: paused.reason, code: paused.code, afterMs: paused.afterMs };
    return pullStep(this.caller(channel, credentials), channel, request, this.now());
  }

  media(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource> {
    return mediaSource(this.caller(channel, credentials), channel, wanted, credentials, this.now());
  }

  health(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    return healthOf(this.caller(channel, credentials), channel, credentials, webhookUrl, this.now());
  }

  async subscribe(
    channel: ConnectedChannel,
    credentials: Credentials,
    webhookUrl: string | null,
  ): Promise<HealthReport> {
    const problems = await setUpSubscriptions(this.caller(channel, credentials), channel, credentials, webhookUrl);
    const report = await this.health(channel, credentials, webhookUrl);
    return { ...report, checks: withReasons(report.checks, problems) };
  }

  unsubscribe(channel: ConnectedChannel, credentials: Credentials): Promise<string | null> {
    return endSubscription(this.caller(channel, credentials), channel);
  }

  refresh(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome> {
    return renewToken(this.caller(channel, credentials), channel, credentials, until, this.now());
  }

  /** Pages and all that hangs under them by Facebook Login; an Instagram account by itself by Instagram Login. */
  oauth(kind: ChannelKind): OAuthNetwork {
    return kind === 'instagram' ? this.instagramLogin : this.facebookLogin;
  }

  private async describe<Facts extends object>(
    channel: ConnectedChannel,
    call: MetaCall,
    factsOf: (body: JsonRecord) => Facts | Record<string, never>,
    credentials: Credentials,
  ): Promise<Description<Facts>> {
    const paused = this.paused(channel);
    if (paused) return paused;
    return descriptionOf(await this.call(channel, credentials, call), factsOf);
  }

  private caller(channel: ConnectedChannel, credentials: Credentials): CallMeta {
    return (call) => this.call(channel, credentials, call);
  }

  private async call(channel: ConnectedChannel, credentials: Credentials, call: MetaCall): Promise<MetaReply> {
    const reply = await new MetaClient(channel.settings, credentials).call(call);
    if (reply.kind === 'no_answer') return reply;
    const { percent, regainMs = PAUSE_MS } = reply.usage;
    if (percent >= BUSY_PERCENT) this.readsPausedUntil.set(channel.id, this.now() + regainMs);
    if (percent >= FULL_PERCENT) this.pausedUntil.set(channel.id, this.now() + regainMs);
    return reply;
  }

  private paused(
    channel: ConnectedChannel,
    until = this.pausedUntil,
  ): Extract<SendOutcome, { status: 'retry' }> | undefined {
    const afterMs = (until.get(channel.id) ?? 0) - this.now();
    if (afterMs > 0)
      return {
        status: 'retry',
        reason: 'The allowance of calls is used up.',
        code: 'rate_limited',
        afterMs,
        scope: 'channel',
      };
    until.delete(channel.id);
    return undefined;
  }
}

/** What is still missing, with why the step that should have changed it did not work. */
function withReasons(checks: readonly HealthCheck[], problems: readonly HealthCheck[]): HealthCheck[] {
  return checks.map((check) => {
    const reasons = problems.filter(({ name }) => name === check.name);
    const [first] = reasons;
    if (check.state === 'ok' || !first) return check;
    const message = joined([check.message, ...reasons.map((reason) => reason.message)]);
    return { ...check, state: 'problem', message, fix: first.fix };
  });
}
