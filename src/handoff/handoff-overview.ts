import { Injectable } from '@nestjs/common';
import { readSettings } from '../channels/connectors/email/email.settings';
import type { Principal } from '../identity/principal';
import { ConversationsService } from '../inbox/conversations/conversations.service';
import { SendReadiness, sendFacts } from '../outbound/send-readiness';
import { decideVisibility } from '../outbound/send-rules';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { maskAddress } from './addresses';
import { EmailHandoffsRepository } from './email-handoffs.repository';
import { fillingOf, handoffView, languageOf, withTicket } from './handoff-start';
import { HandoffSettingsService } from './handoff-settings';
import { IdentityChecks } from './identity-checks.service';
import { MailChannels } from './mail-channels';
import { HANDOFF_TEXTS, textOf } from './texts';

/** What can be done now about going on by e-mail, and what was done. */
@Injectable()
export class HandoffOverview {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly repository: EmailHandoffsRepository,
    private readonly settings: HandoffSettingsService,
    private readonly checks: IdentityChecks,
    private readonly channels: MailChannels,
    private readonly readiness: SendReadiness,
    private readonly clock: Clock,
  ) {}

  list(who: Principal, conversationId: string) {
    return this.database.lean(who, async (tx) => {
      await this.conversations.readVisible(tx, who, conversationId);
      const handoffs = await this.repository.of(tx, who.workspaceId, conversationId);
      return { items: handoffs.map(handoffView), nextCursor: null };
    });
  }

  options(who: Principal, conversationId: string) {
    return this.database.lean(who, async (tx) => {
      const conversation = withTicket(await this.conversations.readVisible(tx, who, conversationId));
      const { workspaceId } = who;
      const about = await this.repository.subject(tx, workspaceId, conversation.id, conversation.ticket.id);
      const { texts } = await this.settings.of(tx, workspaceId);
      const asking = await this.repository.asking(tx, workspaceId, conversation.ticket.id);
      const locale = asking?.locale ?? languageOf(about);
      const address = asking?.address ?? about.contact.email;
      const filling = { ...fillingOf(about), ...(address ? { address: maskAddress(address) } : {}) };
      const ready = await this.readiness.of(tx, conversation, null);
      const asks = (['private', 'public'] as const).find(
        (visibility) =>
          'window' in decideVisibility(sendFacts(conversation, ready, visibility, 'agent'), this.clock.now()) &&
          (visibility === 'private' || conversation.kind === 'comment'),
      );
      const channels = await this.channels.ofBrand(workspaceId, about.brandId);
      return {
        channels: channels.map((channel) => ({
          id: channel.id,
          name: channel.name,
          address: readSettings(channel).address ?? null,
        })),
        /** How the customer can be asked for an address; null when nothing reaches them now. */
        asks: asks ?? null,
        known:
          about.contact.email === null
            ? null
            : { address: about.contact.email, verified: about.contact.emailVerifiedAt !== null },
        asking: asking ? handoffView(asking) : null,
        identity: await this.checks.standing(tx, workspaceId, {
          contactId: conversation.contactId,
          ticketId: conversation.ticket.id,
        }),
        locale,
        texts: Object.fromEntries(HANDOFF_TEXTS.map((name) => [name, textOf(texts, name, locale, filling)])),
      };
    });
  }
}
