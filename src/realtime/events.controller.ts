import { Controller, Get, Query } from '@nestjs/common';
import { ApiGoneResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, SignedIn } from '../identity/access.decorators';
import { type Principal, roomsOf } from '../identity/principal';
import { EventReader } from '../outbox/event-reader';
import { DomainError } from '../platform/errors';
import { clientEventOf } from './client-event';
import { MissedEvents } from './missed-events';
import { EventsPage, EventsQuery } from './realtime.dto';

/** Positions looked at for one answer: a page may hold few or no items and still go on. */
const STRETCH = 50_000;

@ApiTags('events')
@Controller('events')
export class EventsController {
  constructor(
    private readonly reader: EventReader,
    private readonly missed: MissedEvents,
  ) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'What happened after a position, as far as the caller may hear of it; answers at once' })
  @ApiOkResponse({ type: EventsPage })
  @ApiGoneResponse({ description: '`resync`: that position is not in the records (any more); fetch anew' })
  async list(@CurrentPrincipal() who: Principal, @Query() { after, limit }: EventsQuery): Promise<EventsPage> {
    const head = await this.reader.head(who.workspaceId);
    if (after > head) throw gone(head);
    const upTo = Math.min(head, after + STRETCH);
    const page = await this.missed.read(who.workspaceId, after, upTo, roomsOf(who), limit);
    if (!page.unbroken) throw gone(head);
    return {
      items: page.events.map(clientEventOf),
      nextCursor: page.upTo < head ? String(page.upTo) : null,
      head,
    };
  }
}

const gone = (head: number) =>
  new DomainError('resync', 'Events after this position are not kept; fetch what you show anew and go on after head.', {
    head,
  });
