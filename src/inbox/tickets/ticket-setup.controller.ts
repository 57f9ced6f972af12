import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import {
  TagListDto,
  TagsQuery,
  TicketFieldBody,
  TicketFieldChangeBody,
  TicketFieldDto,
  TicketFieldListDto,
  TicketSettingsBody,
  TicketSettingsDto,
} from './ticket-setup.dto';
import type { TicketSettings } from './ticket-settings';
import { TicketSetup } from './ticket-setup.service';

@ApiTags('tickets')
@Controller()
export class TicketSetupController {
  constructor(private readonly setup: TicketSetup) {}

  @Get('tags')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'Tags in use, the commonest first' })
  @ApiOkResponse({ type: TagListDto })
  async tags(@CurrentPrincipal() who: Principal, @Query() { prefix, limit }: TagsQuery): Promise<TagListDto> {
    return { items: await this.setup.tags(who, prefix, limit) };
  }

  @Get('ticket-fields')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: TicketFieldListDto })
  async fields(@CurrentPrincipal() who: Principal): Promise<TicketFieldListDto> {
    return { items: await this.setup.fields(who) };
  }

  @Post('ticket-fields')
  @RequirePermission('tickets.configure')
  addField(@CurrentPrincipal() who: Principal, @Body() body: TicketFieldBody): Promise<TicketFieldDto> {
    const { options = [], requiredToSolve = false, position = 0, ...field } = body;
    return this.setup.addField(who, { ...field, options, requiredToSolve, position });
  }

  @Patch('ticket-fields/:id')
  @RequirePermission('tickets.configure')
  @ApiOkResponse({ type: TicketFieldDto })
  changeField(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: TicketFieldChangeBody,
  ): Promise<TicketFieldDto> {
    return this.setup.changeField(who, id, body);
  }

  @Delete('ticket-fields/:id')
  @HttpCode(204)
  @RequirePermission('tickets.configure')
  @ApiOperation({ summary: 'No ticket takes it any more; what tickets carry of it stays' })
  removeField(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.setup.removeField(who, id);
  }

  @Get('ticket-settings')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: TicketSettingsDto })
  settings(@CurrentPrincipal() who: Principal): Promise<TicketSettings> {
    return this.setup.settings(who);
  }

  @Put('ticket-settings')
  @RequirePermission('tickets.configure')
  @ApiOkResponse({ type: TicketSettingsDto })
  saveSettings(@CurrentPrincipal() who: Principal, @Body() body: TicketSettingsBody): Promise<TicketSettings> {
    return this.setup.saveSettings(who, body);
  }
}
