import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '../../platform/validation';
import { Line } from '../../identity/identity.dto';
import type { Words } from '../../text/words';
import { TICKET_PRIORITIES, TICKET_STATUSES, type TicketPriority, type TicketStatus } from './ticket';
import { NAMED_AT_MOST } from './ticket-bulk';
import { DISMISSALS, type Dismissal } from './ticket-details.repository';
import { TAGS_AT_MOST } from './ticket-tags';
import { TicketsQuery } from './tickets.dto';

const given = (field: string) => ValidateIf((body: Record<string, unknown>) => body[field] != null);
const NOTE_LENGTH = 20_000;

export class OpenTicketBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'Where it is opened' })
  @IsOptional()
  @IsUUID()
  conversationId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'In its place: the conversation this contact was heard in last' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiProperty({ maxLength: 200 })
  @Line(200)
  subject: string;

  @ApiPropertyOptional({ type: String, nullable: true })
  @given('type')
  @Line(60)
  type?: string | null;

  @ApiPropertyOptional({ enum: TICKET_PRIORITIES, default: 'normal' })
  @IsOptional()
  @IsIn(TICKET_PRIORITIES)
  priority?: TicketPriority;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Left out: the channel’s team' })
  @given('teamId')
  @IsUUID()
  teamId?: string | null;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  @given('assigneeId')
  @IsUUID()
  assigneeId?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'fa' })
  @given('language')
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/, { message: 'language must be a code such as fa or en' })
  language?: string | null;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TAGS_AT_MOST)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  tags?: string[];

  @ApiPropertyOptional({ type: Object })
  @IsOptional()
  @IsObject()
  fields?: Record<string, unknown>;

  @ApiPropertyOptional({ maxLength: NOTE_LENGTH, description: 'For agents only' })
  @IsOptional()
  @IsString()
  @Length(1, NOTE_LENGTH)
  note?: string;
}

export class MergeTicketBody {
  @ApiProperty({ format: 'uuid', description: 'The ticket that remains' })
  @IsUUID()
  into: string;

  @ApiPropertyOptional({ default: false, description: 'They are of different people, and that is meant' })
  @IsOptional()
  @IsBoolean()
  differentContacts?: boolean;
}

export class SplitTicketBody {
  @ApiProperty({ format: 'uuid', description: 'The first message of the new ticket' })
  @IsUUID()
  fromMessageId: string;

  @ApiPropertyOptional({ maxLength: 200, description: 'Left out: the first words of that message' })
  @IsOptional()
  @Line(200)
  subject?: string;
}

class BulkSnoozeBody {
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsInstant()
  until?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 60 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(60)
  workingDay?: number;

  @ApiPropertyOptional({ enum: ['reply', 'crm'], isArray: true })
  @IsOptional()
  @IsArray()
  @IsIn(['reply', 'crm'], { each: true })
  on?: ('reply' | 'crm')[];
}

export class BulkActionBody {
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  @given('teamId')
  @IsUUID()
  teamId?: string | null;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  @given('assigneeId')
  @IsUUID()
  assigneeId?: string | null;

  @ApiPropertyOptional({ description: 'Over the assignee’s capacity; for leads' })
  @IsOptional()
  @IsBoolean()
  force?: boolean;

  @ApiPropertyOptional({ enum: TICKET_PRIORITIES })
  @IsOptional()
  @IsIn(TICKET_PRIORITIES)
  priority?: TicketPriority;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TAGS_AT_MOST)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  addTags?: string[];

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TAGS_AT_MOST)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  removeTags?: string[];

  @ApiPropertyOptional({ type: Object })
  @IsOptional()
  @IsObject()
  fields?: Record<string, unknown>;

  @ApiPropertyOptional({ type: BulkSnoozeBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => BulkSnoozeBody)
  snooze?: BulkSnoozeBody;

  @ApiPropertyOptional({ enum: DISMISSALS })
  @IsOptional()
  @IsIn(DISMISSALS)
  noAnswerNeeded?: Dismissal;

  @ApiPropertyOptional({ enum: TICKET_STATUSES })
  @IsOptional()
  @IsIn(TICKET_STATUSES)
  status?: TicketStatus;

  @ApiPropertyOptional()
  @IsOptional()
  @Line(200)
  reason?: string;
}

export class BulkBody {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: NAMED_AT_MOST })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMED_AT_MOST)
  @IsUUID(undefined, { each: true })
  ticketIds?: string[];

  @ApiPropertyOptional({
    type: () => TicketsQuery,
    description: 'In place of ids: those that a list of these would show',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => TicketsQuery)
  filter?: TicketsQuery;

  @ApiProperty({ type: BulkActionBody, description: 'Done to each ticket, all of it or none' })
  @ValidateNested()
  @Type(() => BulkActionBody)
  action: BulkActionBody;
}

export class BulkStartedDto {
  @ApiProperty({ format: 'uuid' }) batchId: string;
}

class FailedTicketDto {
  @ApiProperty({ format: 'uuid' }) ticketId: string;
  @ApiProperty() number: number;
  @ApiProperty() code: string;
  @ApiProperty() reason: string;
  @ApiProperty({ type: Object, description: 'The reason in Persian and English: `{ fa, en }`' }) words: Words;
}

export class TicketBatchDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: Object }) action: object;
  @ApiProperty() total: number;
  @ApiProperty() done: number;
  @ApiProperty({ type: [FailedTicketDto] }) failed: FailedTicketDto[];
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt: Date | null;
}
