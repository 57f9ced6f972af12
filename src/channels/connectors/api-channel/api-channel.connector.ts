import type { CredentialField } from '../../credentials';
import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from '../../channel';
import type { ChannelConnector } from '../../connector';
import type { ParseContext, WebhookDoor } from '../../door';
import type { HealthReport } from '../../health';
import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import type { LookupOutcome, OutboundMessage, SendOutcome } from '../../sending';
import type { InboundEvent, ThreadKind } from '../../../inbox/conversations/inbound-event';
import { compact, id, record, string } from '../json';
import { type Ability, API_CAPABILITIES, apiCapabilities } from './api-channel.capabilities';
import { healthOf, NOTHING_TO_ASK } from './api-channel.health';
import { parseApiEvents } from './api-channel.parser';
import { pullEvents } from './api-channel.pull';
import { NO_DELIVERY_URL, refuseSend, sendBody } from './api-channel.send';
import { API_SETTINGS, apiSettings, checkApiSettings } from './api-channel.settings';
import { ServiceClient } from './service-client';
import { changeOutcomeOf, failed, sendOutcomeOf } from './service-outcomes';
import { verifyStandardWebhook } from './standard-webhooks';

/**
 * Our own signed channel, for any network we do not know: a service of the customer's stands between. The contract is in
 * `client/README.md`, with a client beside it.
 */
export class ApiChannelConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['api'];
  private readonly webhook: WebhookDoor;

  constructor(private readonly now: () => number = Date.now) {
    this.webhook = {
      path: 'api',
      address: 'channel',
      secret: 'appSecret',
      verify: (request, secret) => verifyStandardWebhook(request, secret, this.now()),
      acknowledgement: { stored: true },
    };
  }

  /** Without settings: all that a service can be. */
  capabilities(_kind: ChannelKind, settings?: ChannelSettings) {
    return settings ? apiCapabilities(apiSettings(settings)) : API_CAPABILITIES;
  }

  credentialFields(): readonly CredentialField[] {
    return [
      {
        name: 'appSecret',
        required: true,
        help: {
          fa: 'رسیده‌ها و رفته‌ها را امضا می‌کند: whsec_ و base64 دست‌کم ۱۶ بایت. هنگام جایگزینی، دو رمز با فاصله.',
          en: 'Signs what comes in and goes out: whsec_ and base64 of 16 bytes or more. Two, with a blank between, while one replaces the other.',
        },
      },
    ];
  }

  settingFields() {
    return API_SETTINGS;
  }

  checkSettings(_kind: ChannelKind, settings: ChannelSettings) {
    return checkApiSettings(settings);
  }

  door(): WebhookDoor {
    return this.webhook;
  }

  parse(body: unknown, context: ParseContext): InboundEvent[] {
    return parseApiEvents(body, context.channel?.externalId ?? '');
  }

  async send(channel: ConnectedChannel, message: OutboundMessage, credentials: Credentials): Promise<SendOutcome> {
    const settings = apiSettings(channel.settings);
    const refusal = refuseSend(settings, message);
    if (refusal) return refusal;
    // one id for every try: the service answers a repetition with 409 and the id it gave it
    const answer = await this.client(channel, credentials).post(settings.deliveryUrl!, sendBody(message), message.id);
    return sendOutcomeOf(answer, this.now());
  }

  /** `GET deliveryUrl?messageId=`: `{ "status": "sent", "externalId" }`, `{ "status": "absent" }`; all else tells nothing. */
  async lookup(
    channel: ConnectedChannel,
    message: OutboundMessage,
    _sentAfter: Date,
    credentials: Credentials,
  ): Promise<LookupOutcome> {
    const { deliveryUrl } = apiSettings(channel.settings);
    if (deliveryUrl === undefined) return { status: 'cannot_tell', reason: NO_DELIVERY_URL.reason };
    const client = this.client(channel, credentials);
    const answer = await client.get(deliveryUrl, { messageId: message.id }, `lookup_${message.id}`);
    if (answer.kind === 'no_answer') return { status: 'cannot_tell', reason: answer.reason };
    const facts = answer.status === 200 ? record(answer.json) : undefined;
    const externalId = id(facts?.['externalId']);
    if (facts?.['status'] === 'sent' && externalId !== undefined) return { status: 'found', externalIds: [externalId] };
    if (facts?.['status'] === 'absent') return { status: 'absent' };
    const told = string(facts?.['status'])?.slice(0, 40);
    return {
      status: 'cannot_tell',
      reason: told === undefined ? `The service answers HTTP ${answer.status}.` : `The service says: ${told}.`,
    };
  }

  moderate(
    channel: ConnectedChannel,
    action: ModerationAction,
    target: ModerationTarget,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const { messageExternalId, authorExternalId, postExternalId, threadKind } = target;
    if (!API_CAPABILITIES[threadKind].moderation.includes(action))
      return Promise.resolve(failed('capability_missing', 'agent', `"${action}" is not possible for this message.`));
    const what = { messageId: messageExternalId, authorId: authorExternalId, postId: postExternalId, threadKind };
    const body = { type: 'message.moderate', action, ...compact(what) };
    return this.change(channel, action, body, messageExternalId, credentials);
  }

  edit(
    channel: ConnectedChannel,
    target: { messageExternalId: string; text: string; threadKind: ThreadKind; recipientExternalId: string },
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const { messageExternalId, text, threadKind, recipientExternalId } = target;
    const body = { messageId: messageExternalId, text, threadKind, recipientId: recipientExternalId };
    return this.change(channel, 'edit', { type: 'message.edit', ...body }, messageExternalId, credentials);
  }

  pulls(channel: ConnectedChannel): PullPlan | null {
    return apiSettings(channel.settings).pulls;
  }

  pull(channel: ConnectedChannel, request: PullRequest, credentials: Credentials): Promise<PullOutcome> {
    const { pullUrl } = apiSettings(channel.settings);
    if (pullUrl === undefined)
      return Promise.resolve({
        status: 'refused',
        code: 'not_configured',
        reason: 'The channel has no pullUrl.',
        fix: {
          fa: '‏pullUrl را وارد کنید، یا بگذارید سرویس رویدادهایش را بفرستد.',
          en: 'Enter pullUrl, or let the service push its events.',
        },
      });
    return pullEvents(this.client(channel, credentials), pullUrl, request, this.now());
  }

  health(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    return this.ask(channel, { type: 'ping' }, credentials, webhookUrl);
  }

  /** Tells the service where to post events; a service that does not know the word is set up by hand. */
  subscribe(channel: ConnectedChannel, credentials: Credentials, webhookUrl: string | null): Promise<HealthReport> {
    const body = webhookUrl === null ? { type: 'ping' } : { type: 'channel.subscribe', webhookUrl };
    return this.ask(channel, body, credentials, webhookUrl);
  }

  private async ask(
    channel: ConnectedChannel,
    body: Readonly<Record<string, unknown>>,
    credentials: Credentials,
    webhookUrl: string | null,
  ): Promise<HealthReport> {
    const { deliveryUrl } = apiSettings(channel.settings);
    if (deliveryUrl === undefined) return NOTHING_TO_ASK;
    return healthOf(await this.client(channel, credentials).post(deliveryUrl, body), webhookUrl);
  }

  private async change(
    channel: ConnectedChannel,
    ability: Ability,
    body: Readonly<Record<string, unknown>>,
    externalId: string,
    credentials: Credentials,
  ): Promise<SendOutcome> {
    const { deliveryUrl, abilities } = apiSettings(channel.settings);
    if (!abilities.has(ability))
      return failed('capability_missing', 'admin', `The service does not list ${ability} among its abilities.`);
    if (deliveryUrl === undefined) return NO_DELIVERY_URL;
    return changeOutcomeOf(await this.client(channel, credentials).post(deliveryUrl, body), externalId, this.now());
  }

  private client(channel: ConnectedChannel, credentials: Credentials): ServiceClient {
    return new ServiceClient(credentials, apiSettings(channel.settings).timeoutMs, this.now);
  }
}
