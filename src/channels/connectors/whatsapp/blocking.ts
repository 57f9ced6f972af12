import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { SendOutcome } from '../../sending';
import { id, list, record } from '../json';
import { repeatableOutcome } from './reacting';
import type { GraphReply, GraphRequest } from './whatsapp.client';
import { failureOf } from './whatsapp.errors';

type Failed = Extract<SendOutcome, { status: 'failed' }>;

/**
 * `/{phone-number-id}/block_users`: only who wrote within 24 hours can be blocked; unblocking has no such limit.
 * Source: WhatsApp "Block users" (May 2026). A user id goes where the phone number does, for who hides the number.
 */
export function blockCall(
  phoneNumberId: string,
  action: ModerationAction,
  { authorExternalId: person }: ModerationTarget,
): GraphRequest | Failed {
  const possible = action === 'block' || action === 'unblock';
  if (!possible || person === undefined || person.startsWith('group:')) {
    const reason = possible ? 'It is not known whom to block.' : `WhatsApp offers no "${action}".`;
    return { status: 'failed', code: 'capability_missing', fix: 'none', reason };
  }
  const user = /^\d+$/.test(person) ? { user: person } : { user_id: person };
  return {
    method: action === 'block' ? 'POST' : 'DELETE',
    path: [phoneNumberId, 'block_users'],
    body: { messaging_product: 'whatsapp', block_users: [user] },
  };
}

/** Done twice it ends in the same state, so doubt is another try. A refusal of one person may travel under 200. */
export function blockOutcome(reply: GraphReply, target: ModerationTarget): SendOutcome {
  const body = reply.kind === 'ok' ? reply.body : undefined;
  const refused = list(record(body?.['block_users'])?.['failed_users']).map(record)[0];
  if (refused) {
    const { code, message } = failureOf(list(refused['errors'])[0]);
    return { status: 'failed', code: code === 'failed' ? 'block_refused' : code, fix: 'none', reason: message };
  }
  return repeatableOutcome(reply, id(target.messageExternalId) ?? '');
}
