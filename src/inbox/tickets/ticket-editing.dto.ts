import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { Line } from '../../identity/identity.dto';
import { DISMISSALS, type Dismissal } from './ticket-details.repository';
import { LINK_KINDS, type LinkKind } from './ticket-relations.repository';
import { TAGS_AT_MOST } from './ticket-tags';

const given = (field: string) => ValidateIf((body: Record<string, unknown>) => body[field] != null);
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/;

export class TicketEditBody {
  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @Line(200)
  subject?: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'One of the workspace’s types, or null' })
  @given('type')
  @Line(60)
  type?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'fa' })
  @given('language')
  @Matches(LANGUAGE, { message: 'language must be a code such as fa or en' })
  language?: string | null;

  @ApiPropertyOptional({ type: Object, description: 'Custom fields by key; null takes one away' })
  @IsOptional()
  @IsObject()
  fields?: Record<string, unknown>;
}

export class TagsBody {
  @ApiProperty({ type: [String], description: 'Kept in one spelling, however they were typed' })
  @IsArray()
  @ArrayMaxSize(TAGS_AT_MOST)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  tags: string[];
}

export class SnoozeBody {
  @ApiPropertyOptional({ format: 'date-time', description: 'Wakes at this instant' })
  @ValidateIf((body: SnoozeBody) => body.until !== undefined)
  @Type(() => Date)
  @IsDate()
  until?: Date;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 60,
    description: 'Wakes at the opening of the n-th working day from now',
  })
  @ValidateIf((body: SnoozeBody) => body.workingDay !== undefined)
  @IsInt()
  @Min(1)
  @Max(60)
  workingDay?: number;

  @ApiPropertyOptional({
    enum: ['reply', 'crm'],
    isArray: true,
    description: 'What wakes it besides; a word of the customer always does',
  })
  @IsOptional()
  @IsArray()
  @IsIn(['reply', 'crm'], { each: true })
  on?: ('reply' | 'crm')[];
}

export class DismissalBody {
  @ApiProperty({ enum: DISMISSALS })
  @IsIn(DISMISSALS)
  reason: Dismissal;
}

export class LinkBody {
  @ApiProperty({ format: 'uuid', description: 'This ticket is related to, a duplicate of, or causes that one' })
  @IsUUID()
  ticketId: string;

  @ApiProperty({ enum: LINK_KINDS })
  @IsIn(LINK_KINDS)
  kind: LinkKind;
}

export class ParentBody {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The incident; null takes it out' })
  @ValidateIf((body: ParentBody) => body.parentId !== null)
  @IsUUID()
  parentId: string | null;
}
