import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { PageQuery } from '../identity/page';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { AppliedDto, ApplyMacroBody, MacroBody, MacroDto, MacroPage } from './macros.dto';
import { MacrosService } from './macros.service';

@ApiTags('macros')
@Controller()
@RequirePermission('tickets.write')
export class MacrosController {
  constructor(private readonly macros: MacrosService) {}

  @Get('macros')
  @ApiOperation({ summary: 'Everybody’s, my teams’ and my own' })
  @ApiOkResponse({ type: MacroPage })
  list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<MacroPage> {
    return this.macros.list(who, cursor ?? null, limit);
  }

  @Post('macros')
  @ApiOperation({ summary: 'For myself; shared ones need `macros.manage`' })
  @ApiCreatedResponse({ type: MacroDto })
  create(@CurrentPrincipal() who: Principal, @Body() body: MacroBody): Promise<MacroDto> {
    return this.macros.create(who, body);
  }

  @Put('macros/:id')
  @ApiOkResponse({ type: MacroDto })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: MacroBody,
  ): Promise<MacroDto> {
    return this.macros.change(who, id, body);
  }

  @Delete('macros/:id')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.macros.remove(who, id);
  }

  @Post('tickets/:id/macros/:macroId')
  @HttpCode(200)
  @ApiOperation({ summary: 'Apply a macro; its text comes back as a draft' })
  @ApiOkResponse({ type: AppliedDto })
  apply(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('macroId', UuidPipe) macroId: string,
    @Body() { language }: ApplyMacroBody,
  ): Promise<AppliedDto> {
    return this.macros.apply(who, id, macroId, language);
  }
}
