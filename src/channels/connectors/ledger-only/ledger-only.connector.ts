import { createHmac, timingSafeEqual } from 'node:crypto';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { sameText } from '../../../platform/secrets';
import type {
  ChannelCapabilities,
  ChannelConnector,
  ChannelKind,
  LookupOutcome,
  RawRequest,
  SendOutcome,
  WebhookDoor,
} from '../../connector';
import { META_DOOR } from '../meta/meta.door';
import { contentHash } from '../meta/meta.fields';

const X_SIGNATURE = /^sha256=([A-Za-z0-9+/]{43}=)$/;

function verifyX(request: RawRequest, secret: string): boolean {
  const header = request.headers['x-twitter-webhooks-signature'];
  const given = typeof header === 'string' ? X_SIGNATURE.exec(header)?.[1] : undefined;
  if (!given || secret === '') return false;
  return timingSafeEqual(createHmac('sha256', secret).update(request.body).digest(), Buffer.from(given, 'base64'));
}

function verifyTelegram(request: RawRequest, secret: string): boolean {
  const header = request.headers['x-telegram-bot-api-secret-token'];
  return typeof header === 'string' && secret !== '' && sameText(header, secret);
}

const DOORS: Partial<Record<ChannelKind, WebhookDoor>> = {
  whatsapp: META_DOOR,
  x: { path: 'x', address: 'shared', secret: 'appSecret', verify: verifyX },
  telegram: { path: 'telegram', address: 'channel', secret: 'appSecret', verify: verifyTelegram },
};

/**
 * Networks whose events are accepted and kept, but not read yet: every delivery becomes one `unsupported` event, visible
 * in the ledger and ready to be run again once a connector reads it.
 */
export class LedgerOnlyConnector implements ChannelConnector {
  readonly kinds: readonly ChannelKind[] = ['whatsapp', 'telegram', 'x'];

  capabilities(): ChannelCapabilities {
    return {};
  }

  credentialFields(kind: ChannelKind) {
    const help: Record<string, string> = {
      whatsapp: 'Secret of the Meta app: signs webhooks.',
      telegram: 'The secret_token given to setWebhook.',
      x: 'The consumer secret of the X app: signs webhooks.',
    };
    return [{ name: 'appSecret', required: true, help: help[kind] ?? '' }];
  }

  door(kind: ChannelKind): WebhookDoor | null {
    return DOORS[kind] ?? null;
  }

  parse(body: unknown): InboundEvent[] {
    return [
      {
        type: 'unsupported',
        kind: kindOf(body),
        accountId: accountOf(body),
        eventKey: `raw:${contentHash(body)}`,
        threadKey: 'raw',
        threadKind: 'dm',
      },
    ];
  }

  send(): Promise<SendOutcome> {
    return Promise.resolve({
      status: 'failed',
      code: 'unsupported',
      reason: 'This network cannot be answered from here yet.',
      fix: 'none',
    });
  }

  lookup(): Promise<LookupOutcome> {
    return Promise.resolve({ status: 'cannot_tell', reason: 'This network cannot be read yet.' });
  }

  moderate(): Promise<SendOutcome> {
    return this.send();
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The provider's own name of what came: for the ledger's list. */
function kindOf(body: unknown): string {
  if (!isRecord(body)) return 'unknown';
  if (typeof body['object'] === 'string') return body['object'];
  const names = Object.keys(body).filter((name) => name !== 'update_id' && name !== 'for_user_id');
  return names[0]?.slice(0, 60) ?? 'unknown';
}

/** The account the delivery is for, where the envelope says it: WhatsApp business account, X user. */
function accountOf(body: unknown): string {
  if (!isRecord(body)) return '';
  const entry: unknown = Array.isArray(body['entry']) ? body['entry'][0] : undefined;
  const data = isRecord(body['data']) ? body['data'] : {};
  const filter = isRecord(data['filter']) ? data['filter'] : {};
  const id = (isRecord(entry) && entry['id']) || body['for_user_id'] || filter['user_id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}
