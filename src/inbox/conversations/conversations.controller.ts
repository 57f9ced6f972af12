import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { checked } from '../../platform/validation';
import { HandlerBody, HandoffBody, MessagesQuery, NoteBody } from './conversations.dto';
import { ConversationsService } from './conversations.service';
import { HandoffTargets } from './handoffs';

@ApiTags('conversations')
@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly targets: HandoffTargets,
  ) {}

  @Get(':id/messages')
  @RequirePermission('tickets.read')
  messages(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Query() query: MessagesQuery) {
    return this.conversations.messages(who, id, query, query.limit);
  }

  /** The whole of a letter: text and safe HTML, each null where there is none. */
  @Get(':id/messages/:messageId/original')
  @RequirePermission('tickets.read')
  original(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('messageId', UuidPipe) messageId: string,
  ) {
    return this.conversations.original(who, id, messageId);
  }

  @Post(':id/notes')
  @RequirePermission('notes.write')
  note(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: NoteBody) {
    return this.conversations.note(who, id, body.text);
  }

  /** To an agent, or on by phone or e-mail; each has fields of its own beside `to`. */
  @Post(':id/handoff')
  @HttpCode(200)
  @RequirePermission('tickets.write')
  @ApiBody({ type: HandoffBody })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key makes one handoff' })
  handoff(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: Record<string, unknown>,
    @Headers('idempotency-key') key?: string,
  ): Promise<object> {
    if (body?.to === 'phone' || body?.to === 'email') return this.targets.begin(who, id, body.to, body, key);
    const { reason = 'asked_by_agent' } = checked(HandoffBody, body);
    return this.conversations.handoffToAgent(who, id, reason);
  }

  @Put(':id/handler')
  @RequirePermission('tickets.write')
  handler(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: HandlerBody) {
    return this.conversations.setHandler(who, id, body.handler, 'set_by_agent');
  }
}
