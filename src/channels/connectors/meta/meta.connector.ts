import type {
  ChannelConnector,
  ChannelKind,
  ConnectedChannel,
  Credentials,
  Description,
  LookupOutcome,
  ModerationAction,
  ModerationTarget,
  OutboundMessage,
  PersonFacts,
  PostFacts,
  SendOutcome,
  WebhookDoor,
} from '../../connector';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { metaCapabilities } from './meta.capabilities';
import { MetaClient, type MetaCall, type MetaReply } from './meta.client';
import { descriptionOf, personCall, personFacts, postCall, postFacts } from './meta.describe';
import { outcomeOf } from './meta.errors';
import { id, type JsonRecord, record } from './meta.fields';
import { lookUp } from './meta.lookup';
import { parseMeta } from './meta.parser';
import { planSend } from './meta.send';
import { META_DOOR } from './meta.door';

const FULL_PERCENT = 95; // Meta blocks at 100; the rest is left for reading back
const PAUSE_MS = 5 * 60_000; // when the headers give no time: the allowance slides over an hour

/** Facebook Pages (comments, Messenger) and Instagram (comments, direct messages). */
export class MetaConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['facebook', 'instagram'];
  /** Per channel: until when its allowance is used up (ms since 1970). A hint only; lost on restart, learnt again at once. */
  private readonly pausedUntil = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  capabilities(kind: ChannelKind) {
    return metaCapabilities(kind);
  }

  credentialFields(kind: ChannelKind) {
    const owner = kind === 'facebook' ? 'Page' : 'Page or Instagram';
    return [
      { name: 'accessToken', required: true, help: `The ${owner} access token that may read and answer.` },
      { name: 'appSecret', required: true, help: 'Secret of the Meta app: signs webhooks and proves calls.' },
      { name: 'verifyToken', required: false, help: 'The token you enter in Meta when you subscribe the webhook.' },
    ];
  }

  door(): WebhookDoor {
    return META_DOOR;
  }

  reads(body: unknown): boolean {
    return record(body)?.['object'] !== 'whatsapp_business_account';
  }

  parse(body: unknown): InboundEvent[] {
    return parseMeta(body);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const planned = planSend(channel, message);
    if ('status' in planned) return planned;
    const paused = this.paused(channel);
    if (paused) return paused;
    const reply = await this.call(channel, credentials, planned.call);
    if (reply.kind === 'no_answer') return { status: reply.reached ? 'unknown' : 'retry', reason: reply.reason };
    if (reply.kind === 'refused') return outcomeOf(reply.error, reply.usage.regainMs);
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
    { messageExternalId }: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const paused = this.paused(channel);
    if (paused) return paused;
    const planned = moderationCall(channel, action, messageExternalId);
    if (!planned)
      return { status: 'failed', code: 'capability_missing', reason: `Meta has no "${action}" here.`, fix: 'none' };
    const reply = await this.call(channel, credentials, planned);
    if (reply.kind === 'ok') return { status: 'sent', externalId: messageExternalId };
    if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
    const outcome = outcomeOf(reply.error, reply.usage.regainMs);
    if (action === 'delete' && outcome.status === 'failed' && outcome.code === 'object_gone') {
      return { status: 'sent', externalId: messageExternalId };
    }
    return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
  }

  describePost(channel: ConnectedChannel, postId: string, credentials: Credentials): Promise<Description<PostFacts>> {
    return this.describe(channel, postCall(channel, postId), postFacts, credentials);
  }

  describePerson(
    channel: ConnectedChannel,
    personId: string,
    credentials: Credentials,
  ): Promise<Description<PersonFacts>> {
    return this.describe(channel, personCall(channel, personId), personFacts, credentials);
  }

  private async describe<Facts extends object>(
    channel: ConnectedChannel,
    call: MetaCall,
    factsOf: (body: JsonRecord) => Facts,
    credentials: Credentials,
  ): Promise<Description<Facts>> {
    const paused = this.paused(channel);
    if (paused) return paused;
    return descriptionOf(await this.call(channel, credentials, call), factsOf);
  }

  private async call(channel: ConnectedChannel, credentials: Credentials, call: MetaCall): Promise<MetaReply> {
    const reply = await new MetaClient(channel.settings, credentials).call(call);
    if (reply.kind !== 'no_answer' && reply.usage.percent >= FULL_PERCENT) {
      this.pausedUntil.set(channel.id, this.now() + (reply.usage.regainMs ?? PAUSE_MS));
    }
    return reply;
  }

  private paused(channel: ConnectedChannel): Extract<SendOutcome, { status: 'retry' }> | undefined {
    const until = this.pausedUntil.get(channel.id);
    if (until === undefined) return undefined;
    const afterMs = until - this.now();
    if (afterMs > 0)
      return { status: 'retry', reason: 'The allowance of calls is used up.', code: 'rate_limited', afterMs };
    this.pausedUntil.delete(channel.id);
    return undefined;
  }
}

function moderationCall(channel: ConnectedChannel, action: ModerationAction, commentId: string): MetaCall | undefined {
  const instagram = channel.kind === 'instagram';
  switch (action) {
    case 'hide':
    case 'unhide':
      return { method: 'POST', path: [commentId], body: { [instagram ? 'hide' : 'is_hidden']: action === 'hide' } };
    case 'delete':
      return { method: 'DELETE', path: [commentId] };
    case 'like':
      return instagram
        ? { method: 'POST', path: [channel.externalId, 'likes'], query: { comment_id: commentId } }
        : { method: 'POST', path: [commentId, 'likes'] };
    case 'unlike':
      return instagram
        ? { method: 'DELETE', path: [channel.externalId, 'likes'], query: { comment_id: commentId } }
        : { method: 'DELETE', path: [commentId, 'likes'] };
    case 'block':
    case 'unblock':
      return undefined;
  }
}
