import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
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
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import { type ThreadKind, TICKET_PRIORITIES, type TicketPriority } from '../inbox/tickets/ticket';
import { BOT_COUNTS, type BotCounts, HOURS, type Hours, NO_TARGETS, PAUSING, type Pausing } from './policy';

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
const Target = () =>
  applyDecorators(
    ApiProperty({ type: Number, nullable: true, description: 'Milliseconds; null: no such clock', example: 3_600_000 }),
    ValidateIf((_, value) => value !== null),
    IsInt(),
    Min(MINUTE_MS),
    Max(YEAR_MS),
  );

export class TargetsDto {
  @Target() urgent: number | null;
  @Target() high: number | null;
  @Target() normal: number | null;
  @Target() low: number | null;
}

const Words = (pattern: RegExp, example: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: [String], example: [example] }),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(50),
    Matches(pattern, { each: true }),
  );

const Ids = () =>
  applyDecorators(
    ApiPropertyOptional({ type: [String], format: 'uuid' }),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(50),
    IsUUID(undefined, { each: true }),
  );

export class ConditionsDto {
  @Words(/^[a-z_]{1,40}$/, 'instagram')
  channelKinds?: string[];

  @ApiPropertyOptional({ enum: ['comment', 'dm'], isArray: true })
  @IsOptional()
  @IsArray()
  @IsIn(['comment', 'dm'], { each: true })
  threadKinds?: ThreadKind[];

  @Ids()
  brandIds?: string[];

  @Words(/^[^\p{Cc}]{1,60}$/u, 'vip')
  tiers?: string[];

  @Words(/^[A-Za-z-]{2,20}$/, 'fa')
  languages?: string[];

  @ApiPropertyOptional({ enum: TICKET_PRIORITIES, isArray: true })
  @IsOptional()
  @IsArray()
  @IsIn(TICKET_PRIORITIES, { each: true })
  priorities?: TicketPriority[];

  @Words(/^[^\p{Cc}]{1,100}$/u, 'refund')
  tags?: string[];

  @Ids()
  teamIds?: string[];
}

class ReceiversDto {
  @Ids()
  agentIds?: string[];

  @Ids()
  teamIds?: string[];

  @ApiPropertyOptional({ description: 'Everybody who leads' })
  @IsOptional()
  @IsBoolean()
  leads?: boolean;

  @ApiPropertyOptional({ description: 'Whoever has the ticket then' })
  @IsOptional()
  @IsBoolean()
  assignee?: boolean;

  @ApiPropertyOptional({ description: 'The team the ticket is with then' })
  @IsOptional()
  @IsBoolean()
  team?: boolean;
}

const Receivers = () =>
  applyDecorators(
    ApiProperty({ type: ReceiversDto }),
    IsDefined(),
    ValidateNested(),
    Type(() => ReceiversDto),
  );

export class WarningDto {
  @ApiProperty({ minimum: 1, maximum: 99, description: 'Share of the target that has passed' })
  @IsInt()
  @Min(1)
  @Max(99)
  percent: number;

  @Receivers() to: ReceiversDto;
}

export class EscalationDto {
  @ApiProperty({ description: 'Milliseconds after the breach', example: 0 })
  @IsInt()
  @Min(0)
  @Max(YEAR_MS)
  afterMs: number;

  @Receivers() to: ReceiversDto;

  @ApiPropertyOptional({ enum: TICKET_PRIORITIES, description: 'Raises the ticket to it; never lowers' })
  @IsOptional()
  @IsIn(TICKET_PRIORITIES)
  setPriority?: TicketPriority;

  @ApiPropertyOptional({ enum: ['ring', 'wait'], default: 'wait', description: 'Outside the calendar’s hours' })
  @IsIn(['ring', 'wait'])
  quietHours: 'ring' | 'wait' = 'wait';
}

const Nested = (type: new () => object) =>
  applyDecorators(
    IsDefined(),
    ValidateNested(),
    Type(() => type),
  );
const Rank = () => applyDecorators(IsInt(), Min(0), Max(1_000_000));
const Pauses = () => applyDecorators(IsArray(), ArrayUnique(), IsIn(PAUSING, { each: true }));
const Steps = (type: new () => object, key: (step: never) => number) =>
  applyDecorators(
    IsArray(),
    ArrayMaxSize(10),
    ArrayUnique(key),
    ValidateNested({ each: true }),
    Type(() => type),
  );
const CalendarId = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== null && value !== undefined),
    IsUUID(),
  );
/** Scripts from before the words may still say yes or no. */
const BotWord = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === true ? 'any_response' : value === false ? 'no' : value)),
    IsIn(BOT_COUNTS),
  );

const DEFAULT_WARNINGS = [75, 90]; // the first while there is time to do it well, the second while there is time at all

export class PolicyBody {
  @ApiProperty() @Line(100) name: string;

  @ApiPropertyOptional({ default: 100, description: 'Lower is looked at first' }) @Rank() rank: number = 100;

  @ApiPropertyOptional({ type: ConditionsDto, description: 'What is left out always holds' })
  @Nested(ConditionsDto)
  conditions: ConditionsDto = {};

  @ApiProperty({ type: TargetsDto, description: 'By priority' }) @Nested(TargetsDto) firstResponseMs: TargetsDto;

  @ApiProperty({ type: TargetsDto, description: 'By priority' }) @Nested(TargetsDto) nextResponseMs: TargetsDto;

  @ApiPropertyOptional({ type: TargetsDto, description: 'By priority; without any no resolution clock' })
  @Nested(TargetsDto)
  resolutionMs: TargetsDto = Object.assign(new TargetsDto(), NO_TARGETS);

  @ApiPropertyOptional({ enum: HOURS, default: 'wall', description: 'business: by the calendar' })
  @IsIn(HOURS)
  hours: Hours = 'wall';

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'null: the default calendar' })
  @CalendarId()
  calendarId: string | null = null;

  @ApiPropertyOptional({ enum: PAUSING, isArray: true, default: ['pending'], description: 'Where resolution rests' })
  @Pauses()
  pauses: Pausing[] = ['pending'];

  @ApiPropertyOptional({ enum: BOT_COUNTS, default: 'no', description: 'What a bot’s visible answer counts for' })
  @BotWord()
  botCounts: BotCounts = 'no';

  @ApiPropertyOptional({ type: [WarningDto], description: 'Default: at 75 and 90 percent to the assignee' })
  @Steps(WarningDto, ({ percent }: WarningDto) => percent)
  warnings: WarningDto[] = DEFAULT_WARNINGS.map((percent) =>
    Object.assign(new WarningDto(), { percent, to: Object.assign(new ReceiversDto(), { assignee: true }) }),
  );

  @ApiPropertyOptional({ type: [EscalationDto] })
  @Steps(EscalationDto, ({ afterMs }: EscalationDto) => afterMs)
  escalations: EscalationDto[] = [];
}

/** Every field may be left out; one that is given is checked like a new policy's. */
export class PolicyChange {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional() @IsOptional() @Rank() rank?: number;

  @ApiPropertyOptional({ type: ConditionsDto }) @IsOptional() @Nested(ConditionsDto) conditions?: ConditionsDto;

  @ApiPropertyOptional({ type: TargetsDto }) @IsOptional() @Nested(TargetsDto) firstResponseMs?: TargetsDto;
  @ApiPropertyOptional({ type: TargetsDto }) @IsOptional() @Nested(TargetsDto) nextResponseMs?: TargetsDto;
  @ApiPropertyOptional({ type: TargetsDto }) @IsOptional() @Nested(TargetsDto) resolutionMs?: TargetsDto;

  @ApiPropertyOptional({ enum: HOURS }) @IsOptional() @IsIn(HOURS) hours?: Hours;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true }) @CalendarId() calendarId?: string | null;

  @ApiPropertyOptional({ enum: PAUSING, isArray: true }) @IsOptional() @Pauses() pauses?: Pausing[];
  @ApiPropertyOptional({ enum: BOT_COUNTS }) @IsOptional() @BotWord() botCounts?: BotCounts;

  @ApiPropertyOptional({ type: [WarningDto] })
  @IsOptional()
  @Steps(WarningDto, ({ percent }: WarningDto) => percent)
  warnings?: WarningDto[];

  @ApiPropertyOptional({ type: [EscalationDto] })
  @IsOptional()
  @Steps(EscalationDto, ({ afterMs }: EscalationDto) => afterMs)
  escalations?: EscalationDto[];
}

export class PolicyPatch extends PolicyChange {
  @ApiPropertyOptional({ default: false, description: 'Also for clocks that run; see POST /sla/preview' })
  @IsOptional()
  @IsBoolean()
  applyToOpen?: boolean;
}

export class PolicyDto extends PolicyBody {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() version: number;
}

export class PolicyListDto {
  @ApiProperty({ type: [PolicyDto] }) items: PolicyDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: null;
}
