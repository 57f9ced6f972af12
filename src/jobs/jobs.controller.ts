import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { DropJobBody, JobCountsDto, JobDto, JobListDto, ListJobsQuery } from './jobs.dto';
import { JobsService } from './jobs.service';

@ApiTags('jobs')
@Controller('jobs')
@RequirePermission('jobs.manage')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @ApiOkResponse({ type: JobListDto })
  async list(@CurrentPrincipal() who: Principal, @Query() query: ListJobsQuery): Promise<JobListDto> {
    const { state, queue, cursor, limit } = query;
    const items = await this.jobs.list(who, { state, queue, before: cursor, limit });
    return { items, nextCursor: items.length === limit ? items.at(-1)!.id : null };
  }

  @Get('counts')
  @ApiOkResponse({ type: JobCountsDto })
  async counts(@CurrentPrincipal() who: Principal): Promise<JobCountsDto> {
    return { items: await this.jobs.counts(who) };
  }

  @Get(':id')
  @ApiOkResponse({ type: JobDto })
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<JobDto> {
    return this.jobs.get(who, id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOkResponse({ type: JobDto })
  retry(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<JobDto> {
    return this.jobs.retry(who, id);
  }

  @Post(':id/drop')
  @HttpCode(204)
  @ApiNoContentResponse()
  drop(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: DropJobBody,
  ): Promise<void> {
    return this.jobs.drop(who, id, body.reason);
  }
}
