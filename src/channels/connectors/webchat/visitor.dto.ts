import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { WEBCHAT_TEXT_LIMIT } from './webchat.connector';

const HAS_SOMETHING = { message: '$property must not be empty' };

export class InboxQuery {
  @ApiProperty({ format: 'uuid', description: 'The public id of the widget' }) @IsUUID() inbox_id: string;
}

export class InitBody {
  @ApiProperty({ format: 'uuid' }) @IsUUID() inbox_id: string;
}

export class ExchangeBody {
  @ApiProperty({ format: 'uuid' }) @IsUUID() inbox_id: string;

  @ApiPropertyOptional({
    description: 'HS256; external_user_id, aud (inbox id), iat, exp at most an hour later; email, name, phone_number',
  })
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  jwt?: string;

  @ApiPropertyOptional({ description: 'The site’s id of the user, where there is no jwt' })
  @ValidateIf((body: ExchangeBody) => body.jwt === undefined)
  @IsString()
  @Length(1, 200)
  identifier?: string;

  @ApiPropertyOptional({ description: 'Lower-case hex HMAC-SHA256 of identifier under the inbox’s secret' })
  @ValidateIf((body: ExchangeBody) => body.jwt === undefined)
  @IsString()
  @Matches(/^[0-9a-f]{64}$/)
  identifier_hash?: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Unsigned: fills gaps only' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Unsigned: kept as unverified' })
  @IsOptional()
  @IsString()
  @MaxLength(320)
  email?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Unsigned: kept as unverified' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string | null;
}

export class MessagesQuery {
  @ApiPropertyOptional({ description: 'Messages after this place, oldest first' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  after_seq?: number;

  @ApiPropertyOptional({ description: 'The page before this place; without either, the newest page' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  before_seq?: number;

  @ApiPropertyOptional({ default: 50, maximum: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;
}

export class MessageBody {
  @ApiProperty({ format: 'uuid', description: 'Made by the browser; the same one means the same message' })
  @IsUUID()
  client_id: string;

  @ApiProperty({ maxLength: WEBCHAT_TEXT_LIMIT })
  @IsString()
  @MaxLength(WEBCHAT_TEXT_LIMIT)
  @Matches(/\S/, HAS_SOMETHING)
  text: string;
}

export class OfflineBody {
  @ApiProperty({ format: 'email' }) @IsEmail() @MaxLength(320) email: string;

  @ApiPropertyOptional({ maxLength: WEBCHAT_TEXT_LIMIT })
  @IsOptional()
  @IsString()
  @MaxLength(WEBCHAT_TEXT_LIMIT)
  @Matches(/\S/, HAS_SOMETHING)
  text?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Needed with text' })
  @ValidateIf((body: OfflineBody) => body.text !== undefined || body.client_id !== undefined)
  @IsUUID()
  client_id?: string;
}

class ConversationState {
  @ApiProperty() lastSeq: number;
  @ApiProperty({ enum: ['bot', 'human'] }) handler: 'bot' | 'human';
}

export class SessionView {
  @ApiProperty({ description: 'Send as Authorization: Bearer' }) token: string;
  @ApiProperty() identified: boolean;
  @ApiProperty({ format: 'date-time' }) expiresAt: Date;
  @ApiProperty({ type: ConversationState, nullable: true }) conversation: ConversationState | null;
}

class Author {
  @ApiProperty({ enum: ['visitor', 'agent', 'bot'] }) type: 'visitor' | 'agent' | 'bot';
  @ApiProperty({ type: String, nullable: true }) name: string | null;
}

export class VisitorMessageView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() seq: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) clientId: string | null;
  @ApiProperty() author: Author;
  @ApiProperty() text: string;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty() version: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) editedAt: Date | null;
  @ApiProperty() deleted: boolean;
}

export class VisitorMessagePage {
  @ApiProperty({ type: [VisitorMessageView] }) items: VisitorMessageView[];
  @ApiProperty({ type: Number, nullable: true }) nextCursor: number | null;
  @ApiProperty({ type: ConversationState, nullable: true }) conversation: ConversationState | null;
}

export class OfflineView {
  @ApiProperty({ type: VisitorMessageView, nullable: true }) message: VisitorMessageView | null;
}

class Greeting {
  @ApiProperty({ type: String, nullable: true }) fa: string | null;
  @ApiProperty({ type: String, nullable: true }) en: string | null;
}

export class WidgetSettingsView {
  @ApiProperty({ format: 'uuid' }) inboxId: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ['fa', 'en'], nullable: true }) locale: 'fa' | 'en' | null;
  @ApiProperty({ example: '#0f5c5c' }) color: string;
  @ApiProperty({ enum: ['#000000', '#ffffff'] }) onColor: string;
  @ApiProperty() greeting: Greeting;
  @ApiProperty({ enum: ['off', 'verify', 'required'] }) identity: 'off' | 'verify' | 'required';
  @ApiProperty({ description: 'Whether somebody who could answer is there' }) online: boolean;
  @ApiProperty() textLimit: number;
}
