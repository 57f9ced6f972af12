import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { askedFor } from '../identity/identity.dto';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { CallPromises } from './call-promises';
import { CallSettingsStore } from './call-settings';
import { CallSlots } from './call-slots';
import { CallWork } from './call-work';
import {
  CallOutcomeBody,
  CallSettingsBody,
  CallSlotsQuery,
  CallsQuery,
  CancelCallBody,
  DeskBody,
  PhoneHandoffBody,
  RescheduleBody,
  StartCallBody,
} from './calls.dto';
import { Calls } from './calls.service';

@ApiTags('calls')
@ApiExtraModels(PhoneHandoffBody)
@RequirePermission('tickets.write')
@Controller()
export class CallsController {
  constructor(
    private readonly calls: Calls,
    private readonly work: CallWork,
    private readonly promises: CallPromises,
    private readonly slots: CallSlots,
    private readonly settings: CallSettingsStore,
  ) {}

  /** Times that may still be promised. */
  @Get('call-slots')
  free(@CurrentPrincipal() who: Principal, @Query() query: CallSlotsQuery) {
    return this.slots.list(who, query.from ? new Date(query.from) : null, query.days);
  }

  @Get('call-settings')
  @RequirePermission('tickets.read')
  settingsOf(@CurrentPrincipal() who: Principal) {
    return this.settings.get(who);
  }

  @Patch('call-settings')
  @RequirePermission('routing.manage')
  changeSettings(@CurrentPrincipal() who: Principal, @Body() body: CallSettingsBody) {
    return this.settings.change(who, askedFor(body));
  }

  /** The phone on my desk. */
  @Get('call-desk')
  desk(@CurrentPrincipal() who: Principal) {
    return this.settings.desk(who);
  }

  @Put('call-desk')
  setDesk(@CurrentPrincipal() who: Principal, @Body() body: DeskBody) {
    return this.settings.setDesk(who, body.phone);
  }

  @Get('calls')
  @RequirePermission('tickets.read')
  list(@CurrentPrincipal() who: Principal, @Query() query: CallsQuery) {
    return this.calls.list(who, query.view, query.cursor, query.limit);
  }

  @Get('tickets/:id/calls')
  @RequirePermission('tickets.read')
  ofTicket(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.calls.ofTicket(who, id);
  }

  @Get('calls/:id')
  @RequirePermission('tickets.read')
  one(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.calls.view(who, id);
  }

  @Post('calls/:id/claim')
  @HttpCode(200)
  claim(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.work.claim(who, id);
  }

  @Post('calls/:id/release')
  @HttpCode(200)
  release(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.work.release(who, id);
  }

  @Post('calls/:id/start')
  @HttpCode(200)
  start(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: StartCallBody) {
    return this.work.start(who, id, body);
  }

  @Post('calls/:id/hangup')
  @HttpCode(202)
  hangUp(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.work.hangUp(who, id);
  }

  @Post('calls/:id/outcome')
  @HttpCode(200)
  outcome(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: CallOutcomeBody) {
    return this.work.outcome(who, id, body);
  }

  @Patch('calls/:id')
  reschedule(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: RescheduleBody) {
    return this.promises.reschedule(who, id, body);
  }

  @Delete('calls/:id')
  @HttpCode(200)
  cancel(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: CancelCallBody) {
    return this.promises.cancel(who, id, body.reason);
  }
}
