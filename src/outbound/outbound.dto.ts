import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsIn,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';

export class ReplyAttachment {
  @ApiProperty({ enum: ['image', 'video', 'audio', 'file'] })
  @IsIn(['image', 'video', 'audio', 'file'])
  kind: string;

  @ApiProperty({ format: 'uri' })
  @IsUrl({ protocols: ['https'], require_protocol: true })
  @MaxLength(2000)
  url: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  mimeType?: string;
}

export class ReplyBody {
  @ApiProperty({ maxLength: 10_000, description: 'The network’s own limit is checked too' })
  @IsString()
  @MaxLength(10_000)
  text: string;

  @ApiProperty({ enum: ['public', 'private'] })
  @IsIn(['public', 'private'])
  visibility: 'public' | 'private';

  @ApiProperty({ format: 'uuid', description: 'The newest message the agent has seen' })
  @IsUUID()
  seenMessageId: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The message being answered; default: the customer’s last' })
  @IsOptional()
  @IsUUID()
  replyToMessageId?: string;

  @ApiPropertyOptional({ type: [ReplyAttachment] })
  @IsOptional()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => ReplyAttachment)
  attachments?: ReplyAttachment[];

  @ApiPropertyOptional({ enum: ['pending', 'solved'] })
  @IsOptional()
  @IsIn(['pending', 'solved'])
  statusAfter?: 'pending' | 'solved';
}

export class ModerationBody {
  @ApiProperty({ enum: ['hide', 'unhide', 'delete', 'like'] })
  @IsIn(['hide', 'unhide', 'delete', 'like'])
  action: 'hide' | 'unhide' | 'delete' | 'like';

  @ApiProperty({ maxLength: 500 })
  @IsString()
  @Length(1, 500)
  reason: string;
}

export class DeliveryDecisionBody {
  @ApiProperty({ enum: ['retry', 'give_up'] })
  @IsIn(['retry', 'give_up'])
  action: 'retry' | 'give_up';
}
