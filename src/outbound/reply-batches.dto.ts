import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  ValidateNested,
} from 'class-validator';
import type { Words } from '../text/words';

import { WAVE_TICKETS_AT_ONCE, type WaveReplyTarget } from './wave-replies.service';

const THREADS_AT_MOST = 50;

class ThreadSeenBody {
  @ApiProperty({ format: 'uuid', description: 'The ticket’s own thread, or one its `repeats` name' })
  @IsUUID()
  conversationId: string;

  @ApiProperty({
    format: 'uuid',
    description: 'The newest message of it the agent has seen; a newer one holds the reply back there',
  })
  @IsUUID()
  seenMessageId: string;
}

export class ReplyBatchBody {
  @ApiProperty({ maxLength: 10_000, description: 'Each network’s own limit is checked too' })
  @IsString()
  @Length(1, 10_000)
  text: string;

  @ApiProperty({ type: [ThreadSeenBody], maxItems: THREADS_AT_MOST })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(THREADS_AT_MOST)
  @ValidateNested({ each: true })
  @Type(() => ThreadSeenBody)
  threads: ThreadSeenBody[];

  @ApiPropertyOptional({ enum: ['pending', 'solved'], description: 'Of each thread’s ticket' })
  @IsOptional()
  @IsIn(['pending', 'solved'])
  statusAfter?: 'pending' | 'solved';
}

export class WaveReplyBody {
  @ApiProperty({ maxLength: 10_000, description: 'Each network’s own limit is checked too' })
  @IsString()
  @Length(1, 10_000)
  text: string;

  @ApiProperty({ type: [ThreadSeenBody], maxItems: WAVE_TICKETS_AT_ONCE, description: 'As the preview names them' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(WAVE_TICKETS_AT_ONCE)
  @ValidateNested({ each: true })
  @Type(() => ThreadSeenBody)
  threads: ThreadSeenBody[];

  @ApiPropertyOptional({ enum: ['pending', 'solved'], description: 'Of each ticket' })
  @IsOptional()
  @IsIn(['pending', 'solved'])
  statusAfter?: 'pending' | 'solved';
}

class WaveReplyTargetDto implements WaveReplyTarget {
  @ApiProperty({ format: 'uuid' }) ticketId: string;
  @ApiProperty() number: number;
  @ApiProperty({ type: Object, description: '`{ id, name }`' }) contact: WaveReplyTarget['contact'];
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ format: 'uuid', description: 'The text itself: what the reply answers' }) messageId: string;
  @ApiProperty({ description: 'Its first 300 characters' }) text: string;
  @ApiProperty({ enum: ['comment', 'dm'] }) threadKind: 'comment' | 'dm';
  @ApiProperty({ type: Object, description: '`{ id, kind, name }`' }) channel: WaveReplyTarget['channel'];
  @ApiProperty({ type: Object, nullable: true }) post: WaveReplyTarget['post'];
  @ApiProperty({ description: 'Somebody answered since' }) answered: boolean;
  @ApiProperty({ description: 'The customer said more since; a reply to the text alone is held back' })
  moreSaid: boolean;
  @ApiProperty({ format: 'date-time' }) at: Date;
  @ApiProperty({ description: 'Tickets of the wave in all' }) tickets: number;
  @ApiProperty({ enum: ['public', 'private'] }) visibility: 'public' | 'private';
  @ApiProperty({ type: String, nullable: true, example: 'window_closed', description: 'Why nothing can be sent now' })
  refusal: string | null;
}

export class WaveReplyPreviewDto {
  @ApiProperty({ type: [WaveReplyTargetDto] }) items: WaveReplyTargetDto[];
  @ApiProperty({ description: 'Tickets beyond those shown' }) more: number;
}

export class ReplyBatchStartedDto {
  @ApiProperty({ format: 'uuid' }) batchId: string;
}

class RefusedThreadDto {
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ticketId: string | null;
  @ApiProperty({ type: Number, nullable: true }) number: number | null;
  @ApiProperty({ example: 'stale_reply', description: 'Of a refused send its reason: `window_closed` …' }) code: string;
  @ApiProperty() reason: string;
  @ApiProperty({ type: Object, description: '`{ fa, en }`' }) words: Words;
}

export class ReplyBatchDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) ticketId: string;
  @ApiProperty({ enum: ['pending', 'solved'], nullable: true }) statusAfter: 'pending' | 'solved' | null;
  @ApiProperty() total: number;
  @ApiProperty() done: number;
  @ApiProperty({ type: [RefusedThreadDto] }) failed: RefusedThreadDto[];
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ type: Date, nullable: true }) finishedAt: Date | null;
}
