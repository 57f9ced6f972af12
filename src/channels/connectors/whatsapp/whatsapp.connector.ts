import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { RefreshOutcome } from '../../credentials';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthReport } from '../../health';
import type { MediaSource, MediaWanted } from '../../media';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { id, list, record } from '../json';
import { unanswered } from '../unanswered';
import type { OAuthNetwork } from '../../oauth-network';
import { META_DOOR } from '../meta/meta.door';
import { MetaOAuth } from '../meta/meta.oauth';
import { blockCall, blockOutcome } from './blocking';
import { reactionCall, repeatableOutcome } from './reacting';
import { listTemplates, type TemplateList } from './templates';
import { TemplateShelf } from './template-shelf';
import { whatsappCapabilities } from './whatsapp.capabilities';
import { GraphClient, type GraphReply } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import { healthOf, readPhone, REGISTRABLE } from './whatsapp.health';
import { locateMedia, mediaReference } from './whatsapp.media';
import { parseWhatsapp, WHATSAPP_OBJECT } from './whatsapp.parser';
import { type PlannedSend, planSend } from './whatsapp.send';
import { checkSettings, CREDENTIAL_FIELDS, readSettings, SETTING_FIELDS } from './whatsapp.settings';
import { endSubscription, register, setUpSubscriptions } from './whatsapp.subscription';
import { renewToken } from './whatsapp.tokens';

const FETCH_FAILED = new Set([131052, 131053]);
const FETCH_TRIES = 3; // WhatsApp could not fetch or read the file: twice more, then it is the file

const SEND_MS = 75_000; // template, upload and message together: a sending is given up for lost after 90 seconds

/**
 * WhatsApp Cloud API. Its numbers have no history to read, so there is nothing to pull: what an outage kept away comes by
 * itself, for WhatsApp delivers again for seven days.
 */
export class WhatsappConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['whatsapp'];
  private readonly shelf: TemplateShelf;

  private readonly consent = new MetaOAuth();

  constructor(private readonly now: () => number = Date.now) {
    this.shelf = new TemplateShelf(now);
  }

  capabilities(_kind: ChannelKind, settings: ChannelSettings = {}) {
    return whatsappCapabilities(settings);
  }

  credentialFields() {
    return CREDENTIAL_FIELDS;
  }

  settingFields() {
    return SETTING_FIELDS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkSettings(settings);
  }

  door(): WebhookDoor {
    return META_DOOR;
  }

  reads(body: unknown): boolean {
    return list(body).some((envelope) => record(envelope)?.['object'] === WHATSAPP_OBJECT);
  }

  parse(body: unknown, context: ParseContext = {}): InboundEvent[] {
    return parseWhatsapp(body, context);
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const client = new GraphClient(channel.settings, credentials, SEND_MS);
    const template = message.template && (await this.shelf.find(channel, credentials, message.template, client));
    const plan = planSend(channel, message, template);
    if ('status' in plan) return plan;
    const media = plan.file && (await this.bring(client, channel, plan.file));
    if (media && 'outcome' in media) return media.outcome;
    const reply = await this.post(client, channel.externalId, plan.body(media));
    if (reply.kind === 'no_answer') return unanswered(reply);
    if (reply.kind === 'refused') return outcomeOf(reply.error, reply.regainMs);
    const externalId = id(record(list(reply.body['messages'])[0])?.['id']);
    if (externalId === undefined)
      return { status: 'unknown', reason: 'WhatsApp accepted the message without naming it.' };
    return { status: 'sent', externalId };
  }

  private bring(
    client: GraphClient,
    channel: ConnectedChannel,
    { attachment, type }: NonNullable<PlannedSend['file']>,
  ) {
    const { uploadTimeoutMs } = readSettings(channel.settings);
    return mediaReference(client, channel.externalId, attachment, type, uploadTimeoutMs);
  }

  private async post(client: GraphClient, phoneNumberId: string, body: Record<string, unknown>): Promise<GraphReply> {
    for (let tries = 1; ; tries++) {
      const reply = await client.call({ method: 'POST', path: [phoneNumberId, 'messages'], body });
      const fetchFailed = reply.kind === 'refused' && FETCH_FAILED.has(reply.error.code);
      if (!fetchFailed || tries === FETCH_TRIES) return reply;
    }
  }

  /** A status names our message id once WhatsApp has it; until one comes, nobody can be asked. */
  lookup(): Promise<LookupOutcome> {
    const reason = 'WhatsApp has no history to read back; a status will tell, if the message went out.';
    return Promise.resolve({ status: 'cannot_tell', reason });
  }

  async moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const reacting = action === 'like' || action === 'unlike';
    const call = reacting ? reactionCall(channel, action, target) : blockCall(channel.externalId, action, target);
    if ('status' in call) return call;
    const reply = await new GraphClient(channel.settings, credentials).call(call);
    return reacting ? repeatableOutcome(reply, target.messageExternalId) : blockOutcome(reply, target);
  }

  media(channel: ConnectedChannel, wanted: MediaWanted, credentials: Credentials): Promise<MediaSource> {
    return locateMedia(new GraphClient(channel.settings, credentials), channel, wanted, credentials);
  }

  /** Numbers are offered on Facebook's consent page, beside Pages and Instagram accounts. */
  oauth(): OAuthNetwork {
    return this.consent;
  }

  listTemplates(channel: ConnectedChannel, credentials: Credentials): Promise<TemplateList> {
    return listTemplates(channel, credentials);
  }

  health(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    return healthOf(new GraphClient(channel.settings, credentials), channel, credentials, webhookUrl);
  }

  async subscribe(
    channel: ConnectedChannel,
    credentials: Credentials,
    webhookUrl: string | null,
  ): Promise<HealthReport> {
    const client = new GraphClient(channel.settings, credentials);
    const problems = await setUpSubscriptions(client, channel, credentials, webhookUrl);
    const { pin } = credentials;
    const phone = pin ? await readPhone(client, channel.externalId) : undefined;
    if (pin && phone?.kind === 'ok' && REGISTRABLE.has(String(phone.body['status'])))
      problems.push(...(await register(client, channel.externalId, pin)));
    const report = await healthOf(client, channel, credentials, webhookUrl);
    return { ...report, checks: [...problems, ...report.checks] };
  }

  unsubscribe(channel: ConnectedChannel, credentials: Credentials): Promise<string | null> {
    const { wabaId } = readSettings(channel.settings);
    return endSubscription(new GraphClient(channel.settings, credentials), wabaId);
  }

  refresh(channel: ConnectedChannel, credentials: Credentials, until: Date): Promise<RefreshOutcome> {
    return renewToken(new GraphClient(channel.settings, credentials), credentials, until, new Date(this.now()));
  }
}
