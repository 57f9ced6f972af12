import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import { askedFor } from '../../identity/identity.dto';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { VoiceAccountBody, VoiceAccountChange } from './voice.dto';
import { VoiceAccounts } from './voice-accounts';

@ApiTags('calls')
@RequirePermission('channels.manage')
@Controller('voice-accounts')
export class VoiceController {
  constructor(private readonly accounts: VoiceAccounts) {}

  /** Which there are to call through; any agent chooses among them. */
  @Get()
  @RequirePermission('tickets.write')
  list(@CurrentPrincipal() who: Principal) {
    return this.accounts.list(who);
  }

  @Get(':id')
  one(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.accounts.get(who, id);
  }

  @Post()
  create(@CurrentPrincipal() who: Principal, @Body() body: VoiceAccountBody) {
    return this.accounts.create(who, body);
  }

  @Patch(':id')
  change(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: VoiceAccountChange) {
    return this.accounts.change(who, id, askedFor(body));
  }

  @Post(':id/check')
  @HttpCode(200)
  check(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.accounts.check(who, id);
  }
}
