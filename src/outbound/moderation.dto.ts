import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsDate,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  ValidateNested,
} from 'class-validator';
import type { ModerationAction } from '../channels/capabilities';
import { MODERATION_ACTIONS } from './moderation-rules';
import { BATCH_AT_MOST } from './moderation.service';

export class ModerationBody {
  @ApiProperty({ enum: MODERATION_ACTIONS })
  @IsIn(MODERATION_ACTIONS)
  action: ModerationAction;

  @ApiProperty({ maxLength: 500 })
  @IsString()
  @Length(1, 500)
  reason: string;
}

export class MessageFilterBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'Needs `since`' })
  @IsOptional()
  @IsUUID()
  channelId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  postId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ description: 'Words the text contains, as typed; upper and lower case are the same' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  contains?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  since?: Date;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  until?: Date;
}

export class BulkModerationBody extends ModerationBody {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: BATCH_AT_MOST, description: 'Either these …' })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(BATCH_AT_MOST)
  @IsUUID(undefined, { each: true })
  messageIds?: string[];

  @ApiPropertyOptional({ type: MessageFilterBody, description: '… or what customers wrote that fits all of this' })
  @IsOptional()
  @ValidateNested()
  @Type(() => MessageFilterBody)
  filter?: MessageFilterBody;
}
