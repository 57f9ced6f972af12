import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '../platform/validation';
import { CalendarDraftBody } from '../calendars/calendars.dto';
import { type ThreadKind, TICKET_PRIORITIES, type TicketPriority } from '../inbox/tickets/ticket';
import type { Explained } from './clock';
import { PolicyBody, PolicyChange } from './policies.dto';
import { CLOCK_KINDS, type ClockKind, HOURS, type Hours } from './policy';

class HolidayNameDto {
  @ApiProperty() fa: string;
  @ApiProperty() en: string;
}

class HolidayDto {
  @ApiProperty() id: string;
  @ApiProperty({ type: HolidayNameDto }) name: HolidayNameDto;
}

class ExplanationDto {
  @ApiProperty({ format: 'date-time' }) from: Date;
  @ApiProperty({ format: 'date-time' }) to: Date;
  @ApiProperty() counted: boolean;
  @ApiProperty({ enum: ['open_hours', 'wall_time', 'closed_hours', 'holiday', 'paused'] }) why: Explained['why'];
  @ApiPropertyOptional({ type: HolidayDto }) holiday?: HolidayDto;
  @ApiPropertyOptional({ enum: ['pending', 'on_hold', 'solved', 'merged'] }) pausedBy?: Explained['pausedBy'];
}

class ClockPolicyDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true, description: 'null when it was deleted since' }) name: string | null;
}

class ClockCalendarDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty() timeZone: string;
}

class MoveDto {
  @ApiProperty({ format: 'date-time' }) at: Date;
  @ApiProperty() why: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) from: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) to: Date | null;
}

class SentencesDto {
  @ApiProperty({ description: 'Persian: Jalali dates, Persian digits, the calendar’s time zone' }) fa: string;
  @ApiProperty() en: string;
}

class ClockDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: CLOCK_KINDS }) kind: ClockKind;
  @ApiProperty({ type: ClockPolicyDto }) policy: ClockPolicyDto;
  @ApiProperty({ enum: HOURS }) hours: Hours;
  @ApiProperty({ type: ClockCalendarDto, nullable: true }) calendar: ClockCalendarDto | null;
  @ApiProperty({ format: 'date-time' }) startedAt: Date;
  @ApiProperty({ type: Number, nullable: true }) targetMs: number | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null while it is paused' })
  dueAt: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) metAt: Date | null;
  @ApiProperty({ description: 'Ended, or not yet ended, after it was due' }) breached: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) cancelledAt: Date | null;
  @ApiProperty({ type: String, nullable: true, description: 'answered, solved, pending, merged …' })
  endedWhy: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) pausedSince: Date | null;
  @ApiProperty({ type: Number, nullable: true, description: 'In time that counts; null when it is over' })
  remainingMs: number | null;
  @ApiProperty({ type: [ExplanationDto], description: 'Which time counted' }) explanation: ExplanationDto[];
  @ApiProperty({ description: 'Rows after those given' }) explanationLeftOut: number;
  @ApiProperty({ type: [MoveDto], description: 'How the due time moved' }) moves: MoveDto[];
  @ApiProperty({ type: SentencesDto }) text: SentencesDto;
}

export class TicketClocksDto {
  @ApiProperty({ type: [ClockDto] }) clocks: ClockDto[];
}

class QueueHoursBody {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: it is always open' })
  @ValidateIf(({ calendarId }: QueueHoursBody) => calendarId !== null)
  @IsUUID()
  calendarId: string | null;
}

/** A calendar, a policy or a queue, and what is to become of it. */
export class SlaPreviewBody {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  queueId?: string;

  @ApiPropertyOptional({ type: QueueHoursBody })
  @ValidateIf(({ queueId }: SlaPreviewBody) => queueId !== undefined)
  @IsDefined()
  @ValidateNested()
  @Type(() => QueueHoursBody)
  queue?: QueueHoursBody;

  @ApiPropertyOptional({ format: 'uuid' })
  @ValidateIf(({ policyId, queueId }: SlaPreviewBody) => policyId === undefined && queueId === undefined)
  @IsUUID()
  calendarId?: string;

  @ApiPropertyOptional({ type: CalendarDraftBody })
  @ValidateIf(({ calendarId }: SlaPreviewBody) => calendarId !== undefined)
  @IsDefined()
  @ValidateNested()
  @Type(() => CalendarDraftBody)
  calendar?: CalendarDraftBody;

  @ApiPropertyOptional({ format: 'uuid' })
  @ValidateIf(({ calendarId, queueId }: SlaPreviewBody) => calendarId === undefined && queueId === undefined)
  @IsUUID()
  policyId?: string;

  @ApiPropertyOptional({ type: PolicyChange })
  @ValidateIf(({ calendarId, queueId }: SlaPreviewBody) => calendarId === undefined && queueId === undefined)
  @IsDefined()
  @ValidateNested()
  @Type(() => PolicyChange)
  policy?: PolicyChange;
}

class MovedClockDto {
  @ApiProperty({ format: 'uuid' }) ticketId: string;
  @ApiProperty() number: number;
  @ApiProperty({ enum: CLOCK_KINDS }) clock: ClockKind;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) dueAt: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) newDueAt: Date | null;
}

export class SlaPreviewDto {
  @ApiProperty({ description: 'Open clocks looked at' }) clocks: number;
  @ApiProperty({ description: 'False when there are more than are looked at in one go' }) complete: boolean;
  @ApiProperty() moved: number;
  @ApiProperty() newlyBreached: number;
  @ApiProperty() noLongerBreached: number;
  @ApiProperty({ type: [MovedClockDto] }) examples: MovedClockDto[];
}

class DraftPolicyBody extends PolicyBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'Instead of this one; without it, besides those there are' })
  @IsOptional()
  @IsUUID()
  id?: string;
}

export class SlaDryRunBody {
  @ApiProperty({ example: 'instagram' }) @Matches(/^[a-z_]{1,40}$/) channelKind: string;
  @ApiProperty({ enum: ['comment', 'dm'] }) @IsIn(['comment', 'dm']) threadKind: ThreadKind;
  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() brandId?: string;
  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() teamId?: string;
  @ApiPropertyOptional({ example: 'vip' }) @IsOptional() @IsString() @Length(1, 60) tier?: string;
  @ApiPropertyOptional({ example: 'fa' }) @IsOptional() @IsString() @Length(2, 20) language?: string;
  @ApiPropertyOptional({ enum: TICKET_PRIORITIES, default: 'normal' })
  @IsIn(TICKET_PRIORITIES)
  priority: TicketPriority = 'normal';

  @ApiPropertyOptional({ type: [String] })
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  tags: string[] = [];

  @ApiProperty({ format: 'date-time', description: 'With its offset' })
  @IsInstant()
  @Matches(/(Z|[+-]\d{2}:\d{2})$/, { message: '$property must say its offset, like +03:30' })
  arrivedAt: string;

  @ApiPropertyOptional({ type: DraftPolicyBody, description: 'Unsaved, in its rank' })
  @IsOptional()
  @ValidateNested()
  @Type(() => DraftPolicyBody)
  policy?: DraftPolicyBody;

  @ApiPropertyOptional({ format: 'uuid', description: 'Whose change is in `calendar`' })
  @ValidateIf(({ calendar }: SlaDryRunBody) => calendar !== undefined)
  @IsUUID()
  calendarId?: string;

  @ApiPropertyOptional({ type: CalendarDraftBody, description: 'Unsaved changes to a calendar' })
  @IsOptional()
  @ValidateNested()
  @Type(() => CalendarDraftBody)
  calendar?: CalendarDraftBody;
}

class DryPolicyDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: the draft' }) id: string | null;
  @ApiProperty() name: string;
  @ApiProperty() rank: number;
}

class OtherPolicyDto extends DryPolicyDto {
  @ApiProperty({ type: [String], description: 'Conditions that do not hold' }) unmet: string[];
  @ApiProperty({ description: 'False: its turn did not come' }) asked: boolean;
}

class StepDto {
  @ApiProperty({ example: 'warning:75' }) step: string;
  @ApiProperty({ format: 'date-time' }) dueAt: Date;
}

class DryClockDto extends ClockDto {
  @ApiProperty({ type: [StepDto] }) steps: StepDto[];
}

export class SlaDryRunDto {
  @ApiProperty({ type: DryPolicyDto }) policy: DryPolicyDto;
  @ApiProperty({ type: [OtherPolicyDto] }) others: OtherPolicyDto[];
  @ApiProperty({ type: [DryClockDto] }) clocks: DryClockDto[];
}
