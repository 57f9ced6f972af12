import { Injectable } from '@nestjs/common';
import type { OwnReactions } from '../inbox/conversations/own-reactions';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { ECHO_MS } from './moderation-rules';
import { ModerationRepository } from './moderation.repository';

/** Knows the likes that were asked for here, under way or done a moment ago, from what colleagues do at the network. */
@Injectable()
export class OwnReactionsService implements OwnReactions {
  constructor(
    private readonly repository: ModerationRepository,
    private readonly clock: Clock,
  ) {}

  async asked(tx: Tx, workspaceId: string, messageId: string, action: 'add' | 'remove') {
    const since = new Date(this.clock.now().getTime() - ECHO_MS);
    const of = action === 'add' ? ('like' as const) : ('unlike' as const);
    const states = await this.repository.asked(tx, workspaceId, messageId, of, since);
    if (states.includes('queued')) return 'under_way';
    return states.includes('done') ? 'done' : null;
  }
}
