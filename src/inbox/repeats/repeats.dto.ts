import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { LIMITS, type RepeatSettings } from './repeat';
import type { WaveView } from './repeat-views.repository';

export class RepeatSettingsBody implements RepeatSettings {
  @ApiProperty({
    minimum: LIMITS.spanDays.min,
    maximum: LIMITS.spanDays.max,
    description: 'Two equal words further apart are two matters',
  })
  @IsInt()
  @Min(LIMITS.spanDays.min)
  @Max(LIMITS.spanDays.max)
  spanDays: number;

  @ApiProperty({ description: 'A fresh ticket that only repeats one still under work goes on in that one' })
  @IsBoolean()
  merge: boolean;

  @ApiProperty({ minimum: LIMITS.wavePeople.min, maximum: LIMITS.wavePeople.max, description: 'So many people …' })
  @IsInt()
  @Min(LIMITS.wavePeople.min)
  @Max(LIMITS.wavePeople.max)
  wavePeople: number;

  @ApiProperty({
    minimum: LIMITS.waveMinutes.min,
    maximum: LIMITS.waveMinutes.max,
    description: '… who write one text within so many minutes are a wave',
  })
  @IsInt()
  @Min(LIMITS.waveMinutes.min)
  @Max(LIMITS.waveMinutes.max)
  waveMinutes: number;
}

export class WavesQuery {
  @ApiPropertyOptional({ default: 24, minimum: 1, maximum: 720 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(720)
  hours = 24;
}

class WaveSampleDto {
  @ApiProperty({ format: 'uuid' }) messageId: string;
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ticketId: string | null;
  @ApiProperty() text: string;
}

class WaveDto implements WaveView {
  @ApiProperty({ description: 'Names the text: `wave` of GET /tickets' }) id: string;
  @ApiProperty() people: number;
  @ApiProperty() messages: number;
  @ApiProperty({ description: 'Its tickets under work that the reader may see' }) openTickets: number;
  @ApiProperty({ format: 'date-time' }) since: Date;
  @ApiProperty({ format: 'date-time' }) lastAt: Date;
  @ApiProperty({ type: WaveSampleDto, description: 'The newest the reader may see' }) sample: WaveSampleDto;
}

export class WaveListDto {
  @ApiProperty({ type: [WaveDto], description: 'Those of most people first' }) items: WaveDto[];
}
