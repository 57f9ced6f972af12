import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { EmailHandoffService } from './email-handoff.service';
import { HandoffAddresses } from './handoff-addresses.service';
import { HandoffOverview } from './handoff-overview';
import { HandoffSettingsService } from './handoff-settings';
import { ConfirmAddressBody, EmailHandoffBody, HandoffSettingsBody } from './handoff.dto';

@ApiTags('handoff')
@ApiExtraModels(EmailHandoffBody)
@Controller()
export class HandoffController {
  constructor(
    private readonly handoffs: EmailHandoffService,
    private readonly addresses: HandoffAddresses,
    private readonly overview: HandoffOverview,
    private readonly settings: HandoffSettingsService,
  ) {}

  /** By e-mail, newest first, with how each stands. */
  @Get('conversations/:id/handoffs')
  @RequirePermission('tickets.read')
  list(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.overview.list(who, id);
  }

  /** What can be done now: channels, the known address, whether it is confirmed, the prepared texts. */
  @Get('conversations/:id/email-handoff')
  @RequirePermission('tickets.write')
  options(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.overview.options(who, id);
  }

  @Put('conversations/:id/email-handoff/address')
  @RequirePermission('tickets.write')
  confirm(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: ConfirmAddressBody) {
    return this.addresses.confirm(who, id, body);
  }

  /** Before its mail has left. */
  @Delete('conversations/:id/handoffs/:handoffId')
  @RequirePermission('tickets.write')
  undo(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('handoffId', UuidPipe) handoffId: string,
  ) {
    return this.handoffs.undo(who, id, handoffId);
  }

  @Get('handoff-settings')
  @RequirePermission('tickets.read')
  readSettings(@CurrentPrincipal() who: Principal) {
    return this.settings.get(who);
  }

  @Put('handoff-settings')
  @RequirePermission('tickets.configure')
  changeSettings(@CurrentPrincipal() who: Principal, @Body() body: HandoffSettingsBody) {
    return this.settings.change(who, body);
  }
}
