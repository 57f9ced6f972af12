import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { IsInstant } from '../platform/validation';
import { FACT_KINDS, type FactKind } from './fact';
import { type Grouping, GROUPINGS } from './reports.repository';

class Span {
  @ApiProperty({ format: 'date-time', example: '2026-03-21T00:00:00+03:30' })
  @IsInstant()
  from: string;

  @ApiProperty({ format: 'date-time', description: 'Not included' })
  @IsInstant()
  to: string;
}

export class SummaryQuery extends Span {
  @ApiPropertyOptional({ enum: GROUPINGS, default: 'day', description: 'Days and hours are the workspace’s' })
  @IsIn(GROUPINGS)
  by: Grouping = 'day';
}

export class FactsQuery extends Span {
  @ApiPropertyOptional({ description: 'Kinds of facts, separated by commas; all without it', example: 'answer,solved' })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value) as unknown)
  @ArrayMaxSize(FACT_KINDS.length)
  @IsIn(FACT_KINDS, { each: true })
  kinds?: FactKind[];

  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 200 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 200;
}
