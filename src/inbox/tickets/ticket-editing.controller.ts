import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { DomainError } from '../../platform/errors';
import { UuidPipe } from '../../platform/uuid.pipe';
import { DismissalBody, LinkBody, ParentBody, SnoozeBody, TagsBody, TicketEditBody } from './ticket-editing.dto';
import { TicketEditing } from './ticket-editing.service';
import { TicketDto } from './tickets.dto';

@ApiTags('tickets')
@Controller('tickets/:id')
@RequirePermission('tickets.write')
export class TicketEditingController {
  constructor(private readonly editing: TicketEditing) {}

  @Patch()
  @ApiOperation({ summary: 'Change subject, type, language and custom fields: all of it or none' })
  @ApiOkResponse({ type: TicketDto })
  edit(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: TicketEditBody,
  ): Promise<TicketDto> {
    return this.editing.edit(who, id, body);
  }

  @Put('tags')
  @ApiOperation({ summary: 'These tags and no others' })
  @ApiOkResponse({ type: TicketDto })
  setTags(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { tags }: TagsBody,
  ): Promise<TicketDto> {
    return this.editing.setTags(who, id, tags);
  }

  @Post('tags')
  @HttpCode(200)
  @ApiOperation({ summary: 'Add tags' })
  @ApiOkResponse({ type: TicketDto })
  addTags(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { tags }: TagsBody,
  ): Promise<TicketDto> {
    return this.editing.tag(who, id, { add: tags });
  }

  @Delete('tags')
  @ApiOperation({ summary: 'Take tags away' })
  @ApiOkResponse({ type: TicketDto })
  removeTags(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { tags }: TagsBody,
  ): Promise<TicketDto> {
    return this.editing.tag(who, id, { remove: tags });
  }

  @Put('followers/me')
  @ApiOperation({ summary: 'Hear what becomes of this ticket' })
  @ApiOkResponse({ type: TicketDto })
  followMyself(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.editing.follow(who, id, who.agentId);
  }

  @Delete('followers/me')
  @ApiOkResponse({ type: TicketDto })
  unfollowMyself(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.editing.unfollow(who, id, who.agentId);
  }

  @Put('followers/:agentId')
  @ApiOperation({ summary: 'Have a colleague follow, who may see the ticket' })
  @ApiOkResponse({ type: TicketDto })
  follow(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('agentId', UuidPipe) agentId: string,
  ): Promise<TicketDto> {
    return this.editing.follow(who, id, agentId);
  }

  @Delete('followers/:agentId')
  @ApiOkResponse({ type: TicketDto })
  unfollow(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('agentId', UuidPipe) agentId: string,
  ): Promise<TicketDto> {
    return this.editing.unfollow(who, id, agentId);
  }

  @Put('snooze')
  @ApiOperation({ summary: 'On hold until an instant, a working day, or a word from the customer or the CRM' })
  @ApiOkResponse({ type: TicketDto })
  snooze(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: SnoozeBody,
  ): Promise<TicketDto> {
    if (body.until && body.workingDay !== undefined) {
      throw new DomainError('validation_failed', 'Give an instant or a working day, not both.', {
        fields: [{ path: 'workingDay', problem: 'stands beside until; give one of them' }],
      });
    }
    return this.editing.snooze(who, id, body);
  }

  @Delete('snooze')
  @ApiOperation({ summary: 'Wake it now' })
  @ApiOkResponse({ type: TicketDto })
  wake(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.editing.wake(who, id);
  }

  @Post('no-answer-needed')
  @HttpCode(200)
  @ApiOperation({ summary: 'Solve it without an answer; can be taken back while tickets may be reopened' })
  @ApiOkResponse({ type: TicketDto })
  dismiss(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: DismissalBody,
  ): Promise<TicketDto> {
    return this.editing.dismiss(who, id, reason);
  }

  @Delete('no-answer-needed')
  @ApiOperation({ summary: 'It needs an answer after all: back to the status it had' })
  @ApiOkResponse({ type: TicketDto })
  undismiss(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketDto> {
    return this.editing.undismiss(who, id);
  }

  @Put('links')
  @ApiOkResponse({ type: TicketDto })
  link(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { ticketId, kind }: LinkBody,
  ): Promise<TicketDto> {
    return this.editing.link(who, id, ticketId, kind);
  }

  @Delete('links')
  @ApiOkResponse({ type: TicketDto })
  unlink(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { ticketId, kind }: LinkBody,
  ): Promise<TicketDto> {
    return this.editing.unlink(who, id, ticketId, kind);
  }

  @Put('parent')
  @ApiOperation({ summary: 'The incident it belongs to' })
  @ApiOkResponse({ type: TicketDto })
  setParent(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { parentId }: ParentBody,
  ): Promise<TicketDto> {
    return this.editing.setParent(who, id, parentId);
  }
}
