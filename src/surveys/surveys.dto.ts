import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { CHANNEL_KINDS } from '../channels/channel';
import { IsInstant } from '../platform/validation';

export class SurveyWords {
  @ApiPropertyOptional({ maxLength: 1_000 })
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  ask?: string;

  @ApiPropertyOptional({ maxLength: 1_000 })
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  thanks?: string;
}

export class SurveyTextsBody {
  @ApiPropertyOptional({ type: SurveyWords })
  @IsOptional()
  @ValidateNested()
  @Type(() => SurveyWords)
  fa?: SurveyWords;

  @ApiPropertyOptional({ type: SurveyWords })
  @IsOptional()
  @ValidateNested()
  @Type(() => SurveyWords)
  en?: SurveyWords;
}

export class SurveySettingsBody {
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Absent: for all other brands' })
  @IsOptional()
  @IsUUID()
  brandId?: string | null;

  @ApiProperty()
  @IsBoolean()
  enabled: boolean;

  @ApiProperty({ enum: ['csat', 'nps'] })
  @IsIn(['csat', 'nps'])
  kind: 'csat' | 'nps';

  @ApiProperty({ minimum: 0, maximum: 10_080, description: 'Minutes after solving', default: 10 })
  @IsInt()
  @Min(0)
  @Max(10_080)
  delayMinutes: number = 10;

  @ApiProperty({ enum: CHANNEL_KINDS, isArray: true, description: 'None: every kind' })
  @IsArray()
  @ArrayUnique()
  @IsIn(CHANNEL_KINDS, { each: true })
  channelKinds: string[] = [];

  @ApiProperty({
    enum: ['dm', 'comment'],
    isArray: true,
    description: 'Under a comment it is asked in private or not at all',
  })
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(2)
  @IsIn(['dm', 'comment'], { each: true })
  threadKinds: ('dm' | 'comment')[] = ['dm'];

  @ApiProperty({ minimum: 0, maximum: 3_650, default: 30 })
  @IsInt()
  @Min(0)
  @Max(3_650)
  notAgainDays: number = 30;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Asks within its hours only' })
  @IsOptional()
  @IsUUID()
  calendarId?: string | null;

  @ApiPropertyOptional({ type: SurveyTextsBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => SurveyTextsBody)
  texts?: SurveyTextsBody;

  @ApiProperty({ description: 'As read; 0 when there were none', minimum: 0 })
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  version: number;
}

export class SurveysQuery {
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsInstant()
  to?: string;
}
