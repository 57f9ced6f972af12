import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import { PageQuery } from '../identity/page';
import { type TextLanguage, VARIABLES } from './template';
import { type Scope, SCOPES } from './whose';

const MAX_NAME = 200;
const MAX_TEXT = 5_000;
const MAX_SHORTCUT = 40;
const LANGUAGES = ['fa', 'en'] as const;

const ACTIONS = {
  type: 'array' as const,
  items: { type: 'object' as const, additionalProperties: true },
  example: [{ do: 'priority', priority: 'high' }],
  description: 'In order; each `{ do, … }` as in rules, without macro, reply, webhook and approval',
};

const Prose = () =>
  applyDecorators(IsString(), Length(1, MAX_TEXT), Matches(/^[^\0]*$/, { message: '$property must be text' }));

export class TextsDto {
  @ApiPropertyOptional({ maxLength: MAX_TEXT, description: `May say {{name|fallback}} of ${VARIABLES.join(', ')}` })
  @IsOptional()
  @Prose()
  fa?: string;
  @ApiPropertyOptional({ maxLength: MAX_TEXT, example: 'Hello {{contact.firstName|there}}' })
  @IsOptional()
  @Prose()
  en?: string;
}

class WhoseBody {
  @ApiProperty({ enum: SCOPES, example: 'everybody' }) @IsIn(SCOPES) scope: Scope;
  @ApiPropertyOptional({ format: 'uuid', type: String, nullable: true, description: 'Of scope `team`' })
  @IsOptional()
  @IsUUID()
  teamId?: string | null;
  @ApiPropertyOptional({ description: 'The version that was edited; refused if it has moved on' })
  @IsOptional()
  @IsInt()
  @Min(1)
  version?: number;
}

export class MacroBody extends WhoseBody {
  @ApiProperty({ maxLength: MAX_NAME }) @Line(MAX_NAME) name: string;
  @ApiProperty(ACTIONS) @IsArray() actions: unknown[];
  @ApiPropertyOptional({ type: TextsDto, description: 'A draft for the composer; never sent unseen' })
  @IsOptional()
  @ValidateNested()
  @Type(() => TextsDto)
  texts?: TextsDto;
}

export class CannedReplyBody extends WhoseBody {
  @ApiProperty({ maxLength: MAX_SHORTCUT, description: 'Typed after a slash' }) @Line(MAX_SHORTCUT) shortcut: string;
  @ApiProperty({ maxLength: MAX_NAME }) @Line(MAX_NAME) title: string;
  @ApiProperty({ type: TextsDto }) @ValidateNested() @Type(() => TextsDto) texts: TextsDto;
}

export class ApplyMacroBody {
  @ApiPropertyOptional({ enum: LANGUAGES, description: 'Of the draft; the customer’s if left out' })
  @IsOptional()
  @IsIn(LANGUAGES)
  language?: TextLanguage;
}

export class RenderBody extends ApplyMacroBody {
  @ApiProperty({ format: 'uuid' }) @IsUUID() ticketId: string;
}

export class CannedRepliesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Beginning of a shortcut, or words in title or text' })
  @IsOptional()
  @Line(MAX_NAME)
  q?: string;
}

class WhoseDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: SCOPES }) scope: Scope;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) teamId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ownerId: string | null;
  @ApiProperty({ type: TextsDto }) texts: TextsDto;
  @ApiProperty() version: number;
  @ApiProperty() usedCount: number;
  @ApiProperty({ type: Date, nullable: true }) lastUsedAt: Date | null;
  @ApiProperty({ format: 'date-time' }) updatedAt: Date;
}

export class MacroDto extends WhoseDto {
  @ApiProperty() name: string;
  @ApiProperty(ACTIONS) actions: object[];
}

export class MacroPage {
  @ApiProperty({ type: [MacroDto] }) items: MacroDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class CannedReplyDto extends WhoseDto {
  @ApiProperty() shortcut: string;
  @ApiProperty() title: string;
}

export class CannedReplyPage {
  @ApiProperty({ type: [CannedReplyDto] }) items: CannedReplyDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class ReadyTextDto {
  @ApiProperty() text: string;
  @ApiProperty({ enum: LANGUAGES }) language: TextLanguage;
  @ApiProperty({ type: [String], description: 'Variables without value or fallback, for the agent to fill in' })
  missing: string[];
}

export class AppliedDto {
  @ApiProperty({ type: [Object], description: '`{ action, do, did }`' }) applied: object[];
  @ApiProperty({ type: [Object], description: '`{ action, do, code, message }`' }) refused: object[];
  @ApiProperty({ type: ReadyTextDto, nullable: true, description: 'A draft for the composer' })
  reply: ReadyTextDto | null;
}
