import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const byAddress = ValidateIf((body: ReplyAttachment) => body.uploadId === undefined);

export class ReplyAttachment {
  @ApiPropertyOptional({ format: 'uuid', description: 'A file uploaded here; then nothing else is needed' })
  @IsOptional()
  @IsUUID()
  uploadId?: string;

  @ApiPropertyOptional({ enum: ['image', 'video', 'audio', 'file'] })
  @byAddress
  @IsIn(['image', 'video', 'audio', 'file'])
  kind?: string;

  @ApiPropertyOptional({ format: 'uri', description: 'Where the network may fetch it' })
  @byAddress
  @IsUrl({ protocols: ['https'], require_protocol: true })
  @MaxLength(2000)
  url?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  mimeType?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string;
}

export class ReplyTemplate {
  @ApiProperty({ maxLength: 512, description: 'Its name at the network' })
  @IsString()
  @Length(1, 512)
  name: string;

  @ApiProperty({ example: 'fa', description: 'The network’s code of its language' })
  @Matches(/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/, { message: 'language must be a code such as fa or en_US' })
  language: string;

  @ApiPropertyOptional({ type: [String], description: 'For its blanks, in their order' })
  @IsOptional()
  @ArrayMaxSize(30)
  @IsString({ each: true })
  @MaxLength(1024, { each: true })
  values?: string[];
}

export class ReplyBody {
  @ApiProperty({
    maxLength: 10_000,
    description:
      'The network’s own limit is checked too. With a template: how it reads, for the thread to show; may be left out then',
  })
  @ValidateIf((body: ReplyBody) => body.template === undefined || body.text !== undefined)
  @IsString()
  @MaxLength(10_000)
  text?: string;

  @ApiPropertyOptional({
    type: ReplyTemplate,
    description: 'In place of a text, where the thread’s capabilities say so',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => ReplyTemplate)
  template?: ReplyTemplate;

  @ApiPropertyOptional({ description: 'Several messages will do where one cannot carry all of it' })
  @IsOptional()
  @IsBoolean()
  split?: boolean;

  @ApiProperty({ enum: ['public', 'private'] })
  @IsIn(['public', 'private'])
  visibility: 'public' | 'private';

  @ApiProperty({
    format: 'uuid',
    description: 'Of the messages the agent has seen the one that arrived last: the highest `arrival`',
  })
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

export class DeliveryDecisionBody {
  @ApiProperty({ enum: ['retry', 'give_up'] })
  @IsIn(['retry', 'give_up'])
  action: 'retry' | 'give_up';
}

export class EditBody {
  @ApiProperty({ maxLength: 10_000, description: 'The network’s own limit is checked too' })
  @IsString()
  @MaxLength(10_000)
  text: string;
}
