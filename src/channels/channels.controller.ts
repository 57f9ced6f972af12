import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery } from '../identity/page';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { CreateChannelBody, UpdateChannelBody } from './channels.dto';
import { ChannelsService } from './channels.service';

@ApiTags('channels')
@Controller('channels')
export class ChannelsController {
  constructor(private readonly channels: ChannelsService) {}

  @Get()
  @RequirePermission('tickets.read')
  list(@CurrentPrincipal() who: Principal, @Query() query: PageQuery) {
    return this.channels.list(who, query.cursor, query.limit);
  }

  @Get('kinds')
  @RequirePermission('channels.manage')
  kinds() {
    return { items: this.channels.kinds(), nextCursor: null };
  }

  @Get(':id')
  @RequirePermission('channels.manage')
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.channels.get(who, id);
  }

  @Post()
  @RequirePermission('channels.manage')
  create(@CurrentPrincipal() who: Principal, @Body() body: CreateChannelBody) {
    return this.channels.create(who, body);
  }

  @Patch(':id')
  @RequirePermission('channels.manage')
  update(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: UpdateChannelBody) {
    return this.channels.update(who, id, body);
  }
}
