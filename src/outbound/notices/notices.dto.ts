import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { TextUnit } from '../../text/graphemes';
import type { Words } from '../../text/words';
import { NOTICE_DECISIONS, NOTICE_STATES, type NoticeDecision, type NoticeHold, type NoticeState } from './notice';

class NoticeFileBody {
  @ApiProperty({ format: 'uuid', description: 'A file uploaded here' })
  @IsUUID()
  uploadId: string;
}

export class NoticeBody {
  @ApiProperty({ maxLength: 20_000, description: 'May be empty with a file. The network’s own limit is checked too' })
  @IsString()
  @MaxLength(20_000)
  text: string;

  @ApiPropertyOptional({ description: 'Where it goes, as the network names it; else where the channel’s notices go' })
  @IsOptional()
  @IsString()
  @Matches(/^@?[^\s@]{1,200}$/, { message: 'to must be a name or an id of the network, without spaces' })
  to?: string;

  @ApiPropertyOptional({ type: [NoticeFileBody] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => NoticeFileBody)
  attachments?: NoticeFileBody[];

  @ApiPropertyOptional({ description: 'Several messages will do where one cannot carry all of it' })
  @IsOptional()
  @IsBoolean()
  split?: boolean;
}

export class NoticeDecisionBody {
  @ApiProperty({
    enum: NOTICE_DECISIONS,
    description: '`arrived`: somebody saw it at the network. `give_up` takes the parts after it along',
  })
  @IsIn(NOTICE_DECISIONS)
  action: NoticeDecision;
}

class NoticeAuthorDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
}

class NoticeFileDto {
  @ApiProperty({ format: 'uuid' }) uploadId: string;
  @ApiProperty() kind: string;
  @ApiProperty({ type: String, nullable: true }) name: string | null;
  @ApiProperty({ type: Number, nullable: true }) sizeBytes: number | null;
}

export class NoticeDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) channelId: string;
  @ApiProperty({ type: NoticeAuthorDto }) author: NoticeAuthorDto;
  @ApiProperty() to: string;
  @ApiProperty() text: string;
  @ApiProperty({ type: [NoticeFileDto] }) attachments: NoticeFileDto[];
  @ApiProperty({ format: 'uuid', description: 'The first of its parts' }) groupId: string;
  @ApiProperty() part: number;
  @ApiProperty() parts: number;
  @ApiProperty({
    enum: NOTICE_STATES,
    description: '`unknown`: perhaps it arrived, and nobody can ask the network; a person decides',
  })
  state: NoticeState;
  @ApiProperty({ type: String, nullable: true, example: 'rate_limited' }) code: string | null;
  @ApiProperty({ type: Object, nullable: true, description: 'Why, as `{ fa, en }`' }) reason: Words | null;
  @ApiProperty({ enum: ['channel', 'pause', 'part_before'], nullable: true }) heldBy: NoticeHold | null;
  @ApiProperty({ type: Date, nullable: true, description: 'It is not tried before, where that is known' })
  notBefore: Date | null;
  @ApiProperty({ enum: NOTICE_DECISIONS, isArray: true, description: 'What can be decided about it now' })
  decisions: NoticeDecision[];
  @ApiProperty({ type: String, nullable: true }) externalId: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ type: Date, nullable: true }) sentAt: Date | null;
}

export class WrittenNoticeDto {
  @ApiProperty({ type: [NoticeDto], description: 'One, or its parts in their order' }) items: NoticeDto[];
}

export class NoticePageDto {
  @ApiProperty({ type: [NoticeDto] }) items: NoticeDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

class NoticeFileRuleDto {
  @ApiProperty() kind: string;
  @ApiProperty() maxBytes: number;
}

class NoticeTextLimitDto {
  @ApiProperty() max: number;
  @ApiProperty({ example: 'characters' }) unit: TextUnit;
}

export class NoticeRulesDto {
  @ApiProperty({ type: NoticeTextLimitDto }) textLimit: NoticeTextLimitDto;
  @ApiProperty({ type: [NoticeFileRuleDto] }) attachments: NoticeFileRuleDto[];
  @ApiProperty({ type: String, nullable: true, description: 'null: each notice has to say where it goes' })
  defaultTo: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'How many of text and files one message joins' })
  partsTogether: number | null;
  @ApiProperty({ type: NoticeTextLimitDto, nullable: true, description: 'Of a text beside a file' })
  captionLimit: NoticeTextLimitDto | null;
  @ApiProperty({ description: 'Milliseconds between two' }) paceMs: number;
}
