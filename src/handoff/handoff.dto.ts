import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IDENTITY_QUESTIONS, type IdentityMethod, type IdentityQuestion } from './identity-check';
import type { OwnTexts } from './texts';

export class EmailHandoffBody {
  @ApiProperty({ enum: ['email'] })
  @IsIn(['email'])
  to: 'email';

  @ApiPropertyOptional({ description: 'Asks the customer for an address instead of going on', default: false })
  @IsOptional()
  @IsBoolean()
  ask?: boolean;

  @ApiPropertyOptional({
    description: 'Absent: the one the customer offered, else the contact’s',
    example: 'negar@example.com',
  })
  @IsOptional()
  @IsString()
  @Length(3, 320)
  address?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'An e-mail channel of the brand; absent: its only one' })
  @IsOptional()
  @IsUUID()
  channelId?: string;

  @ApiPropertyOptional({ maxLength: 50_000, description: 'Of the first mail, or of the question with `ask`' })
  @IsOptional()
  @IsString()
  @MaxLength(50_000)
  text?: string;

  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  subject?: string;

  @ApiPropertyOptional({ type: [String], description: 'Messages that the first mail quotes; none by default' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  include?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 2_000,
    description: 'What the thread is told once the mail has left; absent: the prepared text, null: nothing',
  })
  @IsOptional()
  @IsString()
  @Length(1, 2_000)
  closing?: string | null;

  @ApiPropertyOptional({ minimum: 0, maximum: 300, default: 10, description: 'Seconds in which it can be taken back' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(300)
  sendAfterSeconds?: number;

  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

export class ConfirmAddressBody {
  @ApiPropertyOptional({ description: 'Absent: the one that was offered', example: 'negar@example.com' })
  @IsOptional()
  @IsString()
  @Length(3, 320)
  address?: string;

  @ApiProperty({ maxLength: 1_000, description: 'How it was shown to be theirs' })
  @IsString()
  @Length(3, 1_000)
  proof: string;
}

export class HandoffSettingsBody {
  @ApiProperty()
  @IsBoolean()
  requiresIdentityCheck: boolean;

  @ApiProperty({ minimum: 5, maximum: 525_600 })
  @IsInt()
  @Min(5)
  @Max(525_600)
  identityCheckMinutes: number;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 90,
    description:
      'Days a customer who was asked for an e-mail address is waited for; then the handoff is `expired`. Absent: as it is, at first 7',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(90)
  addressWaitDays?: number;

  @ApiProperty({ type: Object, example: { publicClosing: { fa: 'ممنون از شما.' } } })
  @IsObject()
  texts: OwnTexts;

  @ApiProperty({ description: 'As read; 0 when there were none', minimum: 0 })
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  version: number;
}

export class NewIdentityCheckBody {
  @ApiProperty({ enum: ['email_code', 'questions'] })
  @IsIn(['email_code', 'questions'])
  method: IdentityMethod;

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  ticketId: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'An e-mail channel of the brand; absent: its only one' })
  @IsOptional()
  @IsUUID()
  channelId?: string;

  @ApiPropertyOptional({ enum: IDENTITY_QUESTIONS, isArray: true, description: 'What is asked, with `questions`' })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(10)
  @IsIn(IDENTITY_QUESTIONS, { each: true })
  questions?: IdentityQuestion[];
}

export class IdentityAnswerBody {
  @ApiPropertyOptional({ description: 'The six digits the customer gave, with `email_code`', example: '123456' })
  @IsOptional()
  @IsString()
  @Matches(/^[\s\d۰-۹٠-٩-]{6,20}$/)
  code?: string;

  @ApiPropertyOptional({ description: 'Whether the answers were right, with `questions`' })
  @IsOptional()
  @IsBoolean()
  passed?: boolean;

  @ApiPropertyOptional({ maxLength: 1_000, description: 'What it rests on; never the answers themselves' })
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  note?: string;
}
