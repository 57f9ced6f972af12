import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ChannelCapabilities, ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { RefreshOutcome } from '../../credentials';
import type { Description, PersonFacts, PostFacts } from '../../describing';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthReport } from '../../health';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import { LINKEDIN_CAPABILITIES, LINKEDIN_CREDENTIALS } from './linkedin.capabilities';
import { LinkedInClient } from './linkedin.client';
import { describedPerson, describedPost, personCall, postCall } from './linkedin.describe';
import { outcomeOf } from './linkedin.errors';
import { linkedInHealth, subscribeLinkedIn, unsubscribeLinkedIn } from './linkedin.health';
import { lookUp } from './linkedin.lookup';
import { linkedInOAuth, refreshLinkedIn } from './linkedin.oauth';
import { parseLinkedIn } from './linkedin.parser';
import { pullPosts } from './linkedin.posts-pull';
import { BACKFILL_MS, pullNotifications } from './linkedin.pull';
import { commentCall, editCall, refusalOf, sendCall, sentOutcome, targetOf } from './linkedin.send';
import { checkLinkedInSettings, LINKEDIN_SETTINGS, linkedInSettings } from './linkedin.settings';
import { linkedInHandshake, verifyLinkedInSignature } from './linkedin.signature';
import { commentUrn, organizationUrn } from './linkedin.urns';
import { commentPage, postPage } from './parse-facts';

const DOOR: WebhookDoor = {
  path: 'linkedin',
  address: 'channel',
  secret: 'appSecret',
  verify: verifyLinkedInSignature,
  handshake: linkedInHandshake,
};

/** Comments on a LinkedIn page's posts, mentions of the page. Source of every fact: linkedin.md. */
export class LinkedInConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['linkedin'];

  constructor(private readonly now: () => number = Date.now) {}

  capabilities(_kind: ChannelKind, settings: ChannelSettings = {}): ChannelCapabilities {
    const { comment } = LINKEDIN_CAPABILITIES;
    const textLimit = { ...comment.textLimit, max: linkedInSettings(settings).textLimit };
    return { comment: { ...comment, textLimit } };
  }

  credentialFields() {
    return LINKEDIN_CREDENTIALS;
  }

  settingFields() {
    return LINKEDIN_SETTINGS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkLinkedInSettings(settings);
  }

  door(): WebhookDoor {
    return DOOR;
  }

  parse(body: unknown, context: ParseContext): InboundEvent[] {
    return parseLinkedIn(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const refusal = refusalOf(channel, message);
    if (refusal) return refusal;
    const client = new LinkedInClient(channel.settings, credentials);
    const found = await targetOf(client, message, this.now());
    if ('refusal' in found) return found.refusal;
    return sentOutcome(await client.call(sendCall(channel, message, found.target)), found.target, this.now());
  }

  /** `absent` is what LinkedIn shows now: a call that timed out a moment ago may still land. */
  lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome> {
    return lookUp(new LinkedInClient(channel.settings, credentials), channel, message, sentAfter, this.now());
  }

  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    { messageExternalId }: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const comment = commentUrn(messageExternalId);
    if (action !== 'delete' || !comment)
      return {
        status: 'failed',
        code: 'capability_missing',
        fix: 'agent',
        reason: 'LinkedIn lets comments be deleted only.',
      };
    const client = new LinkedInClient(channel.settings, credentials);
    const answer = await client.call(commentCall('DELETE', comment, organizationUrn(channel.externalId)));
    const done = answer.kind === 'answer' && (answer.ok || answer.status === 404);
    return done ? { status: 'sent', externalId: comment.urn } : repeatable(outcomeOf(answer, this.now()));
  }

  async edit(
    channel: ConnectedChannel,
    { messageExternalId, text }: { messageExternalId: string; text: string },
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const comment = commentUrn(messageExternalId);
    if (!comment)
      return { status: 'failed', code: 'no_target', fix: 'none', reason: 'This is not a comment of LinkedIn.' };
    const client = new LinkedInClient(channel.settings, credentials);
    const answer = await client.call(editCall(comment, organizationUrn(channel.externalId), text));
    return answer.kind === 'answer' && answer.ok
      ? { status: 'sent', externalId: comment.urn }
      : repeatable(outcomeOf(answer, this.now()));
  }

  permalink(_channel: ConnectedChannel, target: { messageExternalId?: string; postExternalId?: string }) {
    const comment = commentUrn(target.messageExternalId);
    if (comment) return commentPage(comment);
    return target.postExternalId === undefined ? undefined : postPage(target.postExternalId);
  }

  async describePost(
    channel: ConnectedChannel,
    postExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PostFacts>> {
    const answer = await new LinkedInClient(channel.settings, credentials).call(postCall(postExternalId));
    return describedPost(postExternalId, answer, this.now());
  }

  async describePerson(
    channel: ConnectedChannel,
    personExternalId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>> {
    const call = personCall(personExternalId);
    if (!call) return { status: 'absent' };
    return describedPerson(await new LinkedInClient(channel.settings, credentials).call(call), this.now());
  }

  /** A bare notification names a comment without its words; our own comment, not what it answers. */
  wantsReading(this: void, event: InboundEvent): boolean {
    return event.type === 'ignored' || (event.type === 'message' && event.meta?.['textUntold'] === true);
  }

  pulls({ settings }: ConnectedChannel): PullPlan {
    const { pollMs, reconcileMs } = linkedInSettings(settings);
    return { reconcileMs, backfillMs: BACKFILL_MS, ...(pollMs === undefined ? {} : { pollMs }) };
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    const client = new LinkedInClient(channel.settings, credentials);
    const from = linkedInSettings(channel.settings).pullFrom === 'posts' ? pullPosts : pullNotifications;
    return from(client, channel, request, this.now());
  }

  health(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    const client = new LinkedInClient(channel.settings, credentials);
    return linkedInHealth(client, channel, credentials, webhookUrl, this.now());
  }

  subscribe(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    const client = new LinkedInClient(channel.settings, credentials);
    return subscribeLinkedIn(client, channel, credentials, webhookUrl, this.now());
  }

  unsubscribe(channel: ConnectedChannel, credentials: Credentials): Promise<string | null> {
    return unsubscribeLinkedIn(new LinkedInClient(channel.settings, credentials), channel, this.now());
  }

  refresh(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome> {
    return refreshLinkedIn(new LinkedInClient(channel.settings, credentials), credentials, until, this.now());
  }

  oauth() {
    return linkedInOAuth(this.now);
  }
}

/** An action that ends in the same state however often it is done: doubt is answered by doing it again. */
const repeatable = (outcome: ReturnType<typeof outcomeOf>): SendOutcome =>
  outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
