import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { UuidPipe } from '../platform/uuid.pipe';
import { crmWords } from '../refusals/crm-words';
import type { Words } from '../text/words';
import type { CrmConnection } from './crm-connection';
import {
  ContactCrmView,
  CrmCheckView,
  CrmConnectionBody,
  CrmConnectionView,
  CrmLinkBody,
  CrmQueueView,
  CrmRetryBody,
  CrmRetryView,
} from './crm.dto';
import { CrmService } from './crm.service';

@ApiTags('crm')
@Controller('crm')
@RequirePermission('crm.manage')
export class CrmController {
  constructor(
    private readonly crm: CrmService,
    private readonly clock: Clock,
  ) {}

  @Get('connection')
  @ApiOkResponse({ type: CrmConnectionView })
  async connection(@CurrentPrincipal() who: Principal): Promise<CrmConnectionView> {
    return view(await this.crm.connection(who));
  }

  @Put('connection')
  @ApiOperation({ summary: 'Connects Salesforce, or changes how; then queues what is not there yet' })
  @ApiOkResponse({ type: CrmConnectionView })
  async connect(@CurrentPrincipal() who: Principal, @Body() body: CrmConnectionBody): Promise<CrmConnectionView> {
    return view(await this.crm.connect(who, body));
  }

  @Post('connection/check')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Logs in and names what the integration user lacks; goes on with the sync when nothing does',
  })
  @ApiOkResponse({ type: CrmCheckView })
  async check(@CurrentPrincipal() who: Principal): Promise<CrmCheckView> {
    const result = await this.crm.check(who);
    const { failure } = result;
    return { ...result, failure: failure && { ...failure, words: crmWords(failure.code, failure.message) } };
  }

  @Get('queue')
  @ApiOkResponse({ type: CrmQueueView })
  async queue(@CurrentPrincipal() who: Principal): Promise<CrmQueueView> {
    const { connection, groups, oldestAt, waiting, retrying, parked } = await this.crm.report(who);
    const lagMs = oldestAt ? Math.max(0, this.clock.now().getTime() - oldestAt.getTime()) : 0;
    const { lastSyncAt, state, stateReason, pausedUntil } = connection;
    const words = { stateReasonWords: wordsOfState(connection) };
    const standing = { lastSyncAt, state, stateReason, ...words, pausedUntil, apiUsage: usageOf(connection) };
    const told = groups.map((group) => ({ ...group, words: crmWords(group.code, group.error) }));
    return { waiting, retrying, parkedCount: parked, parked: told, lagMs, ...standing };
  }

  @Post('queue/retry')
  @HttpCode(200)
  @ApiOkResponse({ type: CrmRetryView })
  async retry(@CurrentPrincipal() who: Principal, @Body() body: CrmRetryBody): Promise<CrmRetryView> {
    return { retried: await this.crm.retry(who, body) };
  }

  @Get('contacts/:id')
  @RequirePermission('crm.read', 'contacts.read')
  @ApiOkResponse({ type: ContactCrmView })
  contact(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<ContactCrmView> {
    return this.crm.statusOf(who, id);
  }

  @Post('contacts/:id/link')
  @HttpCode(200)
  @RequirePermission('crm.read', 'contacts.write')
  @ApiOperation({ summary: 'Says who the contact is in the CRM; no matching overrules it' })
  @ApiOkResponse({ type: ContactCrmView })
  link(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: CrmLinkBody,
  ): Promise<ContactCrmView> {
    return this.crm.link(who, id, body);
  }

  @Delete('contacts/:id/link')
  @RequirePermission('crm.read', 'contacts.write')
  @ApiOperation({ summary: 'Says that the contact is nobody in the CRM; it is not linked again by itself' })
  @ApiOkResponse({ type: ContactCrmView })
  unlink(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<ContactCrmView> {
    return this.crm.link(who, id, null);
  }
}

const usageOf = ({ apiUsed, apiLimit }: CrmConnection) =>
  apiUsed === null || apiLimit === null ? null : { used: apiUsed, limit: apiLimit };

const wordsOfState = ({ stateReason }: CrmConnection): Words | null =>
  stateReason === null ? null : crmWords(stateReason);

const view = (connection: CrmConnection): CrmConnectionView => ({
  id: connection.id,
  kind: connection.kind,
  loginUrl: connection.loginUrl,
  clientId: connection.clientId,
  username: connection.username,
  settings: connection.settings,
  state: connection.state,
  stateReason: connection.stateReason,
  stateReasonWords: wordsOfState(connection),
  pausedUntil: connection.pausedUntil,
  lastSyncAt: connection.lastSyncAt,
  instanceUrl: connection.instanceUrl,
  apiUsage: usageOf(connection),
});
