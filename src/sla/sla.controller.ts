import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { toChange } from '../calendars/calendar-input';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import { askedFor } from '../identity/identity.dto';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { PolicyBody, PolicyDto, PolicyListDto, PolicyPatch } from './policies.dto';
import { PoliciesService } from './policies.service';
import { SlaDryRunBody, SlaDryRunDto, SlaPreviewBody, SlaPreviewDto, TicketClocksDto } from './sla.dto';
import { SlaService } from './sla.service';
import { WhatIf } from './what-if';

@ApiTags('sla')
@Controller()
export class SlaController {
  constructor(
    private readonly sla: SlaService,
    private readonly policies: PoliciesService,
    private readonly whatIf: WhatIf,
  ) {}

  @Get('tickets/:id/sla')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'A ticket’s clocks: which time counted, and why they are due when they are' })
  @ApiOkResponse({ type: TicketClocksDto })
  async clocks(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<TicketClocksDto> {
    return { clocks: await this.sla.clocks(who, id) };
  }

  @Get('sla-policies')
  @RequirePermission('sla.manage')
  @ApiOkResponse({ type: PolicyListDto })
  async list(@CurrentPrincipal() who: Principal): Promise<PolicyListDto> {
    return { items: (await this.policies.list(who)) as PolicyDto[], nextCursor: null };
  }

  @Post('sla-policies')
  @RequirePermission('sla.manage')
  @ApiCreatedResponse({ type: PolicyDto })
  create(@CurrentPrincipal() who: Principal, @Body() body: PolicyBody): Promise<PolicyDto> {
    return this.policies.create(who, body) as Promise<PolicyDto>;
  }

  @Patch('sla-policies/:id')
  @RequirePermission('sla.manage')
  @ApiOperation({ summary: 'Change a policy; clocks that run keep their target unless it is to apply to them too' })
  @ApiOkResponse({ type: PolicyDto })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { applyToOpen, ...change }: PolicyPatch,
  ): Promise<PolicyDto> {
    return this.policies.change(who, id, askedFor(change), applyToOpen ?? false) as Promise<PolicyDto>;
  }

  @Delete('sla-policies/:id')
  @HttpCode(204)
  @RequirePermission('sla.manage')
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.policies.remove(who, id);
  }

  @Post('sla/preview')
  @HttpCode(200)
  @RequirePermission('sla.manage')
  @ApiOperation({ summary: 'What a change of a calendar, a policy or a queue’s hours would do to the clocks that run' })
  @ApiOkResponse({ type: SlaPreviewDto })
  preview(@CurrentPrincipal() who: Principal, @Body() body: SlaPreviewBody): Promise<SlaPreviewDto> {
    const { calendarId, calendar = {}, policyId = '', policy = {}, queueId, queue } = body;
    if (queueId !== undefined)
      return this.whatIf.preview(who, { queueId, queue: { calendarId: queue?.calendarId ?? null } });
    return this.whatIf.preview(
      who,
      calendarId === undefined
        ? { policyId, policy: askedFor(policy) }
        : { calendarId, calendar: askedFor(toChange(calendar)) },
    );
  }

  @Post('sla/dry-run')
  @HttpCode(200)
  @RequirePermission('sla.manage')
  @ApiOperation({ summary: 'If this arrived then: by which policy it would be due when, and why' })
  @ApiOkResponse({ type: SlaDryRunDto })
  dryRun(@CurrentPrincipal() who: Principal, @Body() body: SlaDryRunBody): Promise<SlaDryRunDto> {
    const { arrivedAt, policy, calendarId, calendar, brandId = '', tier, language, teamId, ...facts } = body;
    return this.whatIf.dryRun(
      who,
      {
        ...facts,
        brandId,
        tier: tier ?? null,
        language: language ?? null,
        teamId: teamId ?? null,
        arrivedAt: new Date(arrivedAt),
      },
      {
        ...(policy && { policy }),
        ...(calendar && calendarId && { calendar: { id: calendarId, change: askedFor(toChange(calendar)) } }),
      },
    );
  }
}
