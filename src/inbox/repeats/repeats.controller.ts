import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { RepeatSettingsBody, WaveListDto, WavesQuery } from './repeats.dto';
import { RepeatsService } from './repeats.service';

@ApiTags('tickets')
@Controller('repeats')
export class RepeatsController {
  constructor(private readonly repeats: RepeatsService) {}

  @Get('settings')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: RepeatSettingsBody })
  settings(@CurrentPrincipal() who: Principal): Promise<RepeatSettingsBody> {
    return this.repeats.settings(who);
  }

  @Put('settings')
  @RequirePermission('tickets.configure')
  @ApiOkResponse({ type: RepeatSettingsBody })
  saveSettings(@CurrentPrincipal() who: Principal, @Body() body: RepeatSettingsBody): Promise<RepeatSettingsBody> {
    return this.repeats.saveSettings(who, body);
  }

  @Get('waves')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'Texts that many people write at once' })
  @ApiOkResponse({ type: WaveListDto })
  async waves(@CurrentPrincipal() who: Principal, @Query() { hours }: WavesQuery): Promise<WaveListDto> {
    return { items: await this.repeats.waves(who, hours) };
  }
}
