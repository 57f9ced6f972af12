import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Min,
  ValidateIf,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import { PageQuery } from '../identity/page';
import type { Locale } from '../identity/principal';
import type { Outcome } from './bot.repository';

const LOCALES = ['fa', 'en'] as const;
const OUTCOMES = ['accepted', 'dismissed'] as const;
const MAX_TITLE = 200;
const MAX_PHRASING = 400;
const MAX_PHRASINGS = 200;
const MAX_ANSWER = 5_000;

/** May be left out, but not be null. */
const Omittable = () => ValidateIf((_, value) => value !== undefined);

/** Lines people may ask by: trimmed, none empty. */
const Lines = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map((line: unknown) => (typeof line === 'string' ? line.trim() : line)) : value,
    ),
    IsArray(),
    ArrayMaxSize(MAX_PHRASINGS),
    IsString({ each: true }),
    Length(1, MAX_PHRASING, { each: true }),
    Matches(/^[^\p{Cc}]*$/u, { each: true, message: 'each of $property must be one line of text' }),
  );

/** Text of several lines; Postgres keeps no NUL. */
const Prose = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    IsString(),
    Length(1, MAX_ANSWER),
    Matches(/^[^\0]*$/, { message: '$property must be text' }),
  );

export class ArticleQuery extends PageQuery {
  @ApiPropertyOptional({ enum: LOCALES }) @IsOptional() @IsIn(LOCALES) locale?: Locale;
  @ApiPropertyOptional({ enum: ['true', 'false'] }) @IsOptional() @IsIn(['true', 'false']) enabled?: 'true' | 'false';
  @ApiPropertyOptional({ description: 'Part of the title' }) @IsOptional() @Line(MAX_TITLE) q?: string;
}

export class NewArticleBody {
  @ApiProperty({ enum: LOCALES }) @IsIn(LOCALES) locale: Locale;
  @ApiProperty({ maxLength: MAX_TITLE, description: 'The question' }) @Line(MAX_TITLE) title: string;
  @ApiProperty({ maxLength: MAX_ANSWER }) @Prose() answer: string;
  @ApiPropertyOptional({ type: [String], description: 'Other ways customers ask the same; the more, the surer' })
  @Omittable()
  @Lines()
  phrasings?: string[];
  @ApiPropertyOptional({ default: false, description: 'The bot may send it by itself where the channel allows' })
  @Omittable()
  @IsBoolean()
  autoSend?: boolean;
  @ApiPropertyOptional({ default: true }) @Omittable() @IsBoolean() enabled?: boolean;
  @ApiPropertyOptional({ format: 'uuid', type: String, nullable: true, description: 'null: for every brand' })
  @IsOptional()
  @IsUUID()
  brandId?: string | null;
}

export class ArticleChangeBody {
  @ApiPropertyOptional({ enum: LOCALES }) @Omittable() @IsIn(LOCALES) locale?: Locale;
  @ApiPropertyOptional({ maxLength: MAX_TITLE }) @Omittable() @Line(MAX_TITLE) title?: string;
  @ApiPropertyOptional({ maxLength: MAX_ANSWER }) @Omittable() @Prose() answer?: string;
  @ApiPropertyOptional({ type: [String] }) @Omittable() @Lines() phrasings?: string[];
  @ApiPropertyOptional() @Omittable() @IsBoolean() autoSend?: boolean;
  @ApiPropertyOptional() @Omittable() @IsBoolean() enabled?: boolean;
  @ApiPropertyOptional({ format: 'uuid', type: String, nullable: true }) @IsOptional() @IsUUID() brandId?:
    string | null;
  @ApiPropertyOptional({ description: 'The version that was edited; refused if the article has moved on' })
  @Omittable()
  @IsInt()
  @Min(1)
  version?: number;
}

export class ArticleView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid', type: String, nullable: true }) brandId: string | null;
  @ApiProperty({ enum: LOCALES }) locale: Locale;
  @ApiProperty() title: string;
  @ApiProperty({ type: [String] }) phrasings: string[];
  @ApiProperty() answer: string;
  @ApiProperty() autoSend: boolean;
  @ApiProperty() enabled: boolean;
  @ApiProperty() version: number;
  @ApiProperty({ format: 'date-time' }) updatedAt: Date;
}

export class ArticlePage {
  @ApiProperty({ type: [ArticleView] }) items: ArticleView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class OutcomeBody {
  @ApiProperty({ enum: OUTCOMES }) @IsIn(OUTCOMES) outcome: Outcome;
}
