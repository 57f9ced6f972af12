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
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '../platform/validation';
import { Line } from '../identity/identity.dto';
import type { HolidayRule } from './calendar';
import { type Template, TEMPLATES } from './templates';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const ZONE = { example: 'Asia/Tehran', description: 'IANA name' };
const RULES = ['date', 'gregorian', 'jalali', 'lunar', 'span'] as const satisfies readonly HolidayRule['on'][];

/** May be left out, but not be null. */
const Omittable = () => ValidateIf((_, value) => value !== undefined);
const GregorianDate = () => Matches(DATE, { message: '$property must be a Gregorian date, YYYY-MM-DD' });
const Stretches = () =>
  applyDecorators(
    IsArray(),
    ArrayMaxSize(24),
    ValidateNested({ each: true }),
    Type(() => DayHoursBody),
  );
const Version = () =>
  applyDecorators(
    ApiPropertyOptional({ description: 'The version that was edited: 409 when it has moved on' }),
    Omittable(),
    IsInt(),
    Min(1),
  );

export class DayHoursBody {
  @ApiProperty({ example: 540, minimum: 0, maximum: 1_439, description: 'Minutes after local midnight' })
  @IsInt()
  @Min(0)
  @Max(1_439)
  from: number;

  @ApiProperty({ example: 1_080, maximum: 2_880, description: 'Not included; above 1,440 it is on the next day' })
  @IsInt()
  @Min(1)
  @Max(2_880)
  to: number;
}

const Day = () => applyDecorators(ApiPropertyOptional({ type: [DayHoursBody] }), Omittable(), Stretches());

/** Several stretches a day; a day left out is closed. */
export class WeekBody {
  @Day() sat?: DayHoursBody[];
  @Day() sun?: DayHoursBody[];
  @Day() mon?: DayHoursBody[];
  @Day() tue?: DayHoursBody[];
  @Day() wed?: DayHoursBody[];
  @Day() thu?: DayHoursBody[];
  @Day() fri?: DayHoursBody[];
}

/** In one language it stands for both. */
export class NameBody {
  @ApiPropertyOptional() @Omittable() @Line(200) fa?: string;
  @ApiPropertyOptional() @Omittable() @Line(200) en?: string;
}

export class RuleBody {
  @ApiProperty({ enum: RULES, example: 'jalali' })
  @IsIn(RULES)
  on: HolidayRule['on'];

  @ApiPropertyOptional({ example: 1, minimum: 1, maximum: 12, description: 'For gregorian, jalali, lunar' })
  @ValidateIf(({ on }: RuleBody) => on !== 'date' && on !== 'span')
  @IsInt()
  @Min(1)
  @Max(12)
  month?: number;

  @ApiPropertyOptional({ example: 13, minimum: 1, maximum: 31, description: 'For gregorian, jalali, lunar' })
  @ValidateIf(({ on }: RuleBody) => on !== 'date' && on !== 'span')
  @IsInt()
  @Min(1)
  @Max(31)
  day?: number;

  @ApiPropertyOptional({ example: '2026-12-01', description: 'For date: Gregorian' })
  @ValidateIf(({ on }: RuleBody) => on === 'date')
  @GregorianDate()
  date?: string;

  @ApiPropertyOptional({ description: 'For span: an instant' })
  @ValidateIf(({ on }: RuleBody) => on === 'span')
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ description: 'For date: the last day, included. For span: an instant, not included' })
  @ValidateIf(({ on, to }: RuleBody) => on === 'span' || (on === 'date' && to !== undefined))
  @IsString()
  @IsInstant()
  to?: string;
}

export class HolidayBody {
  @ApiProperty({ type: NameBody, example: { fa: 'روز طبیعت', en: 'Nature Day' } })
  @IsDefined()
  @ValidateNested()
  @Type(() => NameBody)
  name: NameBody;

  @ApiProperty({ type: RuleBody, example: { on: 'jalali', month: 1, day: 13 } })
  @IsDefined()
  @ValidateNested()
  @Type(() => RuleBody)
  rule: RuleBody;

  @ApiPropertyOptional({ type: [DayHoursBody], description: 'When it is open nevertheless; none: closed all day' })
  @Omittable()
  @Stretches()
  hours?: DayHoursBody[];
}

export class NewHolidayBody extends HolidayBody {
  @Version() version?: number;
}

export class HolidayChangeBody {
  @ApiPropertyOptional({ type: NameBody })
  @Omittable()
  @ValidateNested()
  @Type(() => NameBody)
  name?: NameBody;

  @ApiPropertyOptional({ type: RuleBody, description: 'Other dates: what was moved of the old ones is forgotten' })
  @Omittable()
  @ValidateNested()
  @Type(() => RuleBody)
  rule?: RuleBody;

  @ApiPropertyOptional({ type: [DayHoursBody] })
  @Omittable()
  @Stretches()
  hours?: DayHoursBody[];
}

export class HolidayPatchBody extends HolidayChangeBody {
  @Version() version?: number;
}

export class HolidayEditBody extends HolidayChangeBody {
  @ApiProperty({ format: 'uuid' }) @IsUUID() id: string;
}

export class MoveBody {
  @ApiProperty({ example: '2027-03-10', description: 'The date by the rule, Gregorian' })
  @GregorianDate()
  date: string;

  @ApiProperty({ example: '2027-03-11', description: 'The date it is kept; the same again: not moved' })
  @GregorianDate()
  observed: string;
}

export class HolidayMoveBody extends MoveBody {
  @ApiProperty({ format: 'uuid' }) @IsUUID() holidayId: string;
}

/** What is to become of a calendar: for a change, and for showing what the change would move. */
export class CalendarDraftBody {
  @ApiPropertyOptional(ZONE) @Omittable() @IsString() @Length(1, 100) timeZone?: string;

  @ApiPropertyOptional({ type: WeekBody, description: 'The whole week anew' })
  @Omittable()
  @ValidateNested()
  @Type(() => WeekBody)
  hours?: WeekBody;

  @ApiPropertyOptional({ type: [HolidayBody] })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => HolidayBody)
  addHolidays?: HolidayBody[];

  @ApiPropertyOptional({ type: [HolidayEditBody] })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => HolidayEditBody)
  changeHolidays?: HolidayEditBody[];

  @ApiPropertyOptional({ type: [String], format: 'uuid' })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsUUID(undefined, { each: true })
  removeHolidays?: string[];

  @ApiPropertyOptional({ type: [HolidayMoveBody] })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => HolidayMoveBody)
  moveHolidays?: HolidayMoveBody[];
}

export class CalendarPatchBody extends CalendarDraftBody {
  @Version() version?: number;
  @ApiPropertyOptional() @Omittable() @Line(100) name?: string;
  @ApiPropertyOptional({ enum: [true], description: 'Make it the workspace’s default; another one stops being it' })
  @Omittable()
  @IsIn([true])
  isDefault?: true;
}

export class NewCalendarBody {
  @ApiProperty({ example: 'Support' }) @Line(100) name: string;
  @ApiPropertyOptional({ enum: TEMPLATES, default: 'empty' }) @Omittable() @IsIn(TEMPLATES) template?: Template;
  @ApiPropertyOptional({ ...ZONE, description: 'Default: the template’s, else the workspace’s' })
  @Omittable()
  @IsString()
  @Length(1, 100)
  timeZone?: string;
  @ApiPropertyOptional({ type: WeekBody, description: 'Instead of the template’s' })
  @Omittable()
  @ValidateNested()
  @Type(() => WeekBody)
  hours?: WeekBody;
  @ApiPropertyOptional({ description: 'A workspace’s first calendar is its default in any case' })
  @Omittable()
  @IsBoolean()
  isDefault?: boolean;
}

export class ClosingBody {
  @ApiPropertyOptional({ type: NameBody, example: { fa: 'قطع برق' } })
  @Omittable()
  @ValidateNested()
  @Type(() => NameBody)
  name?: NameBody;
  @ApiPropertyOptional({ description: 'A date (all of it) or an instant; default: now' })
  @Omittable()
  @IsInstant()
  from?: string;
  @ApiPropertyOptional({ description: 'A date (included) or an instant; default: the end of the day it begins on' })
  @Omittable()
  @IsInstant()
  to?: string;
}

export class FeedBody {
  @ApiProperty({ description: 'The text of an iCalendar file (RFC 5545)' })
  @IsString()
  @Length(1, 900_000)
  ics: string;

  @ApiPropertyOptional({ default: false, description: 'Only say what would come of it' })
  @Omittable()
  @IsBoolean()
  dryRun?: boolean;
}

export class DatesQuery {
  @ApiPropertyOptional({ example: '2026-03-21', description: 'Default: today' })
  @Omittable()
  @GregorianDate()
  from?: string;

  @ApiPropertyOptional({ example: '2027-03-20', description: 'Included; default: a year on, at most three' })
  @Omittable()
  @GregorianDate()
  to?: string;
}

export class InstantsQuery {
  @ApiPropertyOptional({ format: 'date-time', description: 'Default: now' })
  @Omittable()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Default: a week on; at most 400 days' })
  @Omittable()
  @IsInstant()
  to?: string;
}

export class VersionQuery {
  @ApiPropertyOptional({ type: Number })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  version?: number;
}
