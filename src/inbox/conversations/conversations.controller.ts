import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { HandlerBody, HandoffBody, MessagesQuery, NoteBody } from './conversations.dto';
import { ConversationsService } from './conversations.service';

@ApiTags('conversations')
@Controller('conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

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

  @Post(':id/handoff')
  @HttpCode(200)
  @RequirePermission('tickets.write')
  handoff(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: HandoffBody) {
    return this.conversations.handoffToAgent(who, id, body.reason ?? 'asked_by_agent');
  }

  @Put(':id/handler')
  @RequirePermission('tickets.write')
  handler(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: HandlerBody) {
    return this.conversations.setHandler(who, id, body.handler, 'set_by_agent');
  }
}
