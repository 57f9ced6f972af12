import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import { type ThreadKind, TICKET_PRIORITIES, type TicketPriority } from '../inbox/tickets/ticket';
import { CLOCK_KINDS, type ClockKind } from './policy';

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
const Target = () =>
  applyDecorators(
    ApiProperty({ description: 'Milliseconds', example: 3_600_000 }),
    IsInt(),
    Min(MINUTE_MS),
    Max(YEAR_MS),
  );

class TargetsDto {
  @Target() urgent: number;
  @Target() high: number;
  @Target() normal: number;
  @Target() low: number;
}

class ConditionsDto {
  @ApiPropertyOptional({ type: [String], example: ['instagram'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[a-z_]{1,40}$/, { each: true })
  channelKinds?: string[];

  @ApiPropertyOptional({ enum: ['comment', 'dm'], isArray: true })
  @IsOptional()
  @IsArray()
  @IsIn(['comment', 'dm'], { each: true })
  threadKinds?: ThreadKind[];

  @ApiPropertyOptional({ type: [String], format: 'uuid' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  brandIds?: string[];

  @ApiPropertyOptional({ enum: TICKET_PRIORITIES, isArray: true })
  @IsOptional()
  @IsArray()
  @IsIn(TICKET_PRIORITIES, { each: true })
  priorities?: TicketPriority[];
}

export class PolicyBody {
  @ApiProperty()
  @Line(100)
  name: string;

  @ApiPropertyOptional({ default: 100, description: 'Lower is looked at first' })
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  rank: number = 100;

  @ApiPropertyOptional({ type: ConditionsDto, description: 'What is left out always holds' })
  @IsDefined()
  @ValidateNested()
  @Type(() => ConditionsDto)
  conditions: ConditionsDto = {};

  @ApiProperty({ type: TargetsDto, description: 'By priority' })
  @IsDefined()
  @ValidateNested()
  @Type(() => TargetsDto)
  firstResponseMs: TargetsDto;

  @ApiProperty({ type: TargetsDto, description: 'By priority' })
  @IsDefined()
  @ValidateNested()
  @Type(() => TargetsDto)
  nextResponseMs: TargetsDto;

  @ApiPropertyOptional({ default: false, description: 'Whether the bot’s visible answer counts as a response' })
  @IsBoolean()
  botCounts: boolean = false;
}

/** Every field may be left out; one that is given is checked like a new policy's. */
export class PolicyChange {
  @ApiPropertyOptional()
  @IsOptional()
  @Line(100)
  name?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  rank?: number;

  @ApiPropertyOptional({ type: ConditionsDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => ConditionsDto)
  conditions?: ConditionsDto;

  @ApiPropertyOptional({ type: TargetsDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => TargetsDto)
  firstResponseMs?: TargetsDto;

  @ApiPropertyOptional({ type: TargetsDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => TargetsDto)
  nextResponseMs?: TargetsDto;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  botCounts?: boolean;
}

export class PolicyDto extends PolicyBody {
  @ApiProperty({ format: 'uuid' }) id: string;
}

export class PolicyListDto {
  @ApiProperty({ type: [PolicyDto] }) items: PolicyDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: null;
}

class ExplanationDto {
  @ApiProperty({ format: 'date-time' }) from: Date;
  @ApiProperty({ format: 'date-time' }) to: Date;
  @ApiProperty() counted: boolean;
  @ApiProperty({ enum: ['open_hours', 'closed_hours'] }) why: string;
}

class ClockPolicyDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true, description: 'null when it was deleted since' }) name: string | null;
}

class ClockDto {
  @ApiProperty({ enum: CLOCK_KINDS }) kind: ClockKind;
  @ApiProperty({ type: ClockPolicyDto }) policy: ClockPolicyDto;
  @ApiProperty({ format: 'date-time' }) startedAt: Date;
  @ApiProperty() targetMs: number;
  @ApiProperty({ format: 'date-time' }) dueAt: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) metAt: Date | null;
  @ApiProperty({ description: 'Ended, or not yet ended, after it was due' }) breached: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) cancelledAt: Date | null;
  @ApiProperty({ type: [ExplanationDto], description: 'Which time counted' }) explanation: ExplanationDto[];
}

export class TicketClocksDto {
  @ApiProperty({ type: [ClockDto] }) clocks: ClockDto[];
}
