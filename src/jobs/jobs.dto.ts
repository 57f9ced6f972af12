import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min, MinLength } from 'class-validator';
import type { Words } from '../text/words';
import { type QueueName, QUEUES } from './jobs';
import { JOB_STATES, type JobCount, type JobState, type JobView } from './jobs-view.repository';

export class ListJobsQuery {
  @ApiPropertyOptional({ enum: JOB_STATES })
  @IsOptional()
  @IsIn(JOB_STATES)
  state?: JobState;

  @ApiPropertyOptional({ enum: QUEUES })
  @IsOptional()
  @IsIn(QUEUES)
  queue?: QueueName;

  @ApiPropertyOptional({ description: 'nextCursor of the page before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;

  @ApiPropertyOptional({ default: 50, maximum: 200 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
}

export class DropJobBody {
  @ApiProperty({ description: 'Why this work need not be done; kept in the audit log', maxLength: 500 })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason: string;
}

export class JobDto implements JobView {
  @ApiProperty() id: string;
  @ApiProperty({ enum: QUEUES }) queue: QueueName;
  @ApiProperty({ example: 'crm.sync' }) name: string;
  @ApiProperty({ enum: JOB_STATES }) state: JobState;
  @ApiProperty({ type: Object, description: 'Ids, no message text' }) payload: Record<string, unknown>;
  @ApiProperty({ type: String, nullable: true }) dedupeKey: string | null;
  @ApiProperty() runAt: Date;
  @ApiProperty() attempts: number;
  @ApiProperty() maxAttempts: number;
  @ApiProperty({ type: String, nullable: true }) leasedBy: string | null;
  @ApiProperty({ type: Date, nullable: true }) leaseUntil: Date | null;
  @ApiProperty({ type: String, nullable: true }) lastError: string | null;
  @ApiProperty({ type: Object, nullable: true, description: '`{ fa, en }`' }) lastErrorWords: Words | null;
  @ApiProperty({ type: Date, nullable: true }) parkedAt: Date | null;
  @ApiProperty({ type: String, nullable: true }) requestId: string | null;
  @ApiProperty() createdAt: Date;
}

export class JobListDto {
  @ApiProperty({ type: [JobDto] }) items: JobDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class JobCountDto implements JobCount {
  @ApiProperty({ enum: QUEUES }) queue: QueueName;
  @ApiProperty() ready: number;
  @ApiProperty() running: number;
  @ApiProperty() parked: number;
  @ApiProperty({ description: 'How long the first in line has been due' }) oldestReadySeconds: number;
}

export class JobCountsDto {
  @ApiProperty({ type: [JobCountDto] }) items: JobCountDto[];
}
