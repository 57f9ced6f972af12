import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Equals,
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
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import { IsInstant } from '../platform/validation';
import { type CallOutcome, OUTCOMES } from './call-life';
import type { CallsView } from './calls.repository';

const TWO_LINES = /^[^\p{Cc}]*(\r?\n[^\p{Cc}]*)?$/u;
const given = (field: string) => ValidateIf((body: Record<string, unknown>) => body[field] !== null);

export class ConsentBody {
  @ApiProperty({ enum: [true], description: 'The customer agreed to be called' })
  @Equals(true, { message: 'given must be true: without the customer’s consent nobody calls' })
  given: true;

  @ApiProperty({ maxLength: 500, description: 'The words it was asked with, or given in' })
  @Line(500)
  text: string;
}

/** `POST /conversations/:id/handoff` with `to: "phone"`. */
export class PhoneHandoffBody {
  @ApiProperty({ enum: ['phone'] })
  @IsIn(['phone'])
  to: 'phone';

  @ApiPropertyOptional({ maxLength: 40, description: 'As the customer wrote it; default: the contact’s number' })
  @IsOptional()
  @Line(40)
  phone?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Without both, the time is still to be agreed' })
  @ValidateIf((body: PhoneHandoffBody) => body.windowStart !== undefined || body.windowEnd !== undefined)
  @IsInstant()
  windowStart?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Half open: the window ends before it' })
  @ValidateIf((body: PhoneHandoffBody) => body.windowStart !== undefined || body.windowEnd !== undefined)
  @IsInstant()
  windowEnd?: string;

  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @Line(500)
  reason?: string;

  @ApiPropertyOptional({ maxLength: 400, description: 'Two lines at most, for whoever calls' })
  @IsOptional()
  @IsString()
  @Length(1, 400)
  @Matches(TWO_LINES, { message: 'brief must have two lines at most' })
  brief?: string;

  @ApiProperty({ type: ConsentBody })
  @IsObject()
  @ValidateNested()
  @Type(() => ConsentBody)
  consent: ConsentBody;

  @ApiPropertyOptional({ example: 'fa' })
  @IsOptional()
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { message: 'language must be a code such as fa or en' })
  language?: string;
}

export class CallSlotsQuery {
  @ApiPropertyOptional({ format: 'date-time', description: 'Default: now' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 31, default: 7 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(31)
  days: number = 7;
}

const VIEWS = ['due', 'mine', 'upcoming'] as const satisfies readonly CallsView[];

export class CallsQuery {
  @ApiPropertyOptional({ enum: VIEWS, default: 'due' })
  @IsIn(VIEWS)
  view: CallsView = 'due';

  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @IsOptional()
  @Matches(/^\d{1,15}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, { message: 'cursor must be a nextCursor' })
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 50;
}

export class StartCallBody {
  @ApiPropertyOptional({
    default: 'tel',
    description: '`tel`: the agent’s own phone; or the id of a voice account, which rings the agent first',
  })
  @IsOptional()
  @Matches(/^(tel|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, { message: 'via must be tel or a voice account’s id' })
  via?: string;

  @ApiPropertyOptional({ maxLength: 300, description: 'Why it is called outside what was promised; needed then' })
  @IsOptional()
  @Line(300)
  overrideReason?: string;
}

export class CallOutcomeBody {
  @ApiProperty({ enum: OUTCOMES })
  @IsIn(OUTCOMES)
  outcome: CallOutcome;

  @ApiPropertyOptional({ maxLength: 5_000, description: 'Needed wherever words were exchanged' })
  @IsOptional()
  @IsString()
  @Length(1, 5_000)
  note?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'With answered_follow_up: when to call again' })
  @IsOptional()
  @IsInstant()
  followUpAt?: string;

  @ApiPropertyOptional({ description: 'How long it was, milliseconds, where no provider tells', maximum: 86_400_000 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(86_400_000)
  durationMs?: number;

  @ApiPropertyOptional({ description: 'With refused: they asked not to be called any more' })
  @IsOptional()
  @IsBoolean()
  noMoreCalls?: boolean;
}

export class RescheduleBody {
  @ApiProperty({ format: 'date-time' })
  @IsInstant()
  windowStart: string;

  @ApiProperty({ format: 'date-time' })
  @IsInstant()
  windowEnd: string;

  @ApiProperty({ maxLength: 300 })
  @Line(300)
  reason: string;
}

export class CancelCallBody {
  @ApiProperty({ maxLength: 300 })
  @Line(300)
  reason: string;
}

export class DeskBody {
  @ApiProperty({ type: String, nullable: true, maxLength: 40, description: 'The phone a voice provider rings first' })
  @given('phone')
  @Line(40)
  phone: string | null;
}

export class CallSettingsBody {
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Null: the default calendar' })
  @IsOptional()
  @IsUUID()
  calendarId?: string | null;

  @ApiPropertyOptional({ enum: [15, 30, 60] })
  @IsOptional()
  @IsIn([15, 30, 60])
  slotMinutes?: number;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Calls a slot takes; null: as many as there are agents',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  capacity?: number | null;

  @ApiPropertyOptional({ minimum: 1, maximum: 10 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10)
  maxAttempts?: number;

  @ApiPropertyOptional({ minimum: 60_000, maximum: 86_400_000 })
  @IsOptional()
  @IsInt()
  @Min(60_000)
  @Max(86_400_000)
  retryMs?: number;

  @ApiPropertyOptional({ minimum: 60_000, maximum: 3_600_000, description: 'How long a claim holds without a call' })
  @IsOptional()
  @IsInt()
  @Min(60_000)
  @Max(3_600_000)
  leaseMs?: number;

  @ApiPropertyOptional({ minimum: 3_600_000, maximum: 604_800_000 })
  @IsOptional()
  @IsInt()
  @Min(3_600_000)
  @Max(604_800_000)
  expireMs?: number;

  @ApiPropertyOptional({ example: 'IR' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/)
  country?: string;
}
