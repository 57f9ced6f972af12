import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Line } from '../../identity/identity.dto';
import { FIELD_KINDS, type FieldKind } from './ticket-fields';
import type { Label } from './ticket-settings';

const MOST_DAYS = 365;

export class TagsQuery {
  @ApiPropertyOptional({ default: '', description: 'How they begin' })
  @IsString()
  @MaxLength(60)
  prefix: string = '';

  @ApiPropertyOptional({ minimum: 1, maximum: 500, default: 100 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 100;
}

class TagDto {
  @ApiProperty() tag: string;
  @ApiProperty({ description: 'How many tickets have it' }) tickets: number;
  @ApiProperty({ format: 'date-time' }) lastUsedAt: Date;
}

export class TagListDto {
  @ApiProperty({ type: [TagDto] }) items: TagDto[];
}

class FieldOptionBody {
  @ApiProperty()
  @Line(60)
  value: string;

  @ApiProperty()
  @Line(100)
  labelFa: string;

  @ApiProperty()
  @Line(100)
  labelEn: string;
}

export class TicketFieldBody {
  @ApiProperty({ example: 'order_number', description: 'What rules and the API call it; it stays' })
  @Length(1, 40)
  @Matches(/^[a-z][a-z0-9_]*$/, { message: 'key must be small letters, digits and _' })
  key: string;

  @ApiProperty()
  @Line(100)
  labelFa: string;

  @ApiProperty()
  @Line(100)
  labelEn: string;

  @ApiProperty({ enum: FIELD_KINDS })
  @IsIn(FIELD_KINDS)
  kind: FieldKind;

  @ApiPropertyOptional({ type: [FieldOptionBody], description: 'Of select and multi' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => FieldOptionBody)
  options?: FieldOptionBody[];

  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  requiredToSolve?: boolean;

  @ApiPropertyOptional({ default: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10_000)
  position?: number;
}

export class TicketFieldChangeBody extends PartialType(OmitType(TicketFieldBody, ['key', 'kind'] as const)) {}

export class TicketFieldDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() key: string;
  @ApiProperty() labelFa: string;
  @ApiProperty() labelEn: string;
  @ApiProperty({ enum: FIELD_KINDS }) kind: FieldKind;
  @ApiProperty({ type: [FieldOptionBody] }) options: readonly FieldOptionBody[];
  @ApiProperty() requiredToSolve: boolean;
  @ApiProperty() position: number;
}

export class TicketFieldListDto {
  @ApiProperty({ type: [TicketFieldDto] }) items: TicketFieldDto[];
}

export class TicketSettingsBody {
  @ApiProperty({ minimum: 0, maximum: MOST_DAYS, description: 'How long a solved ticket takes its customer’s words' })
  @IsInt()
  @Min(0)
  @Max(MOST_DAYS)
  reopenDays: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: MOST_DAYS,
    description: 'After how many days a solved ticket closes; null: never',
  })
  @ValidateIf((body: TicketSettingsBody) => body.closeAfterDays !== null)
  @IsInt()
  @Min(0)
  @Max(MOST_DAYS)
  closeAfterDays: number | null;

  @ApiProperty({ type: [String], description: 'What a ticket may be' })
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 60, { each: true })
  types: readonly string[];

  @ApiPropertyOptional({
    type: Object,
    example: { question: { fa: 'پرسش', en: 'Question' } },
    description: 'What types are called, by type; what is left out keeps its label',
  })
  @IsOptional()
  @IsObject()
  typeLabels?: Record<string, Label>;
}

export class TicketSettingsDto extends TicketSettingsBody {
  @ApiProperty({ type: Object, example: { question: { fa: 'پرسش', en: 'Question' } } })
  declare typeLabels: Record<string, Label>;
}
