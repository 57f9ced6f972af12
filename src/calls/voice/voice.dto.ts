import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsUrl, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Line } from '../../identity/identity.dto';

const PROVIDERS = ['twilio'] as const;
const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

export class RecordingBody {
  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsUrl(WEB)
  announcementUrl?: string;

  @ApiPropertyOptional({ maxLength: 300 })
  @IsOptional()
  @Line(300)
  announcementText?: string;
}

export class VoiceSettingsBody {
  @ApiPropertyOptional({ description: 'Overrides the provider’s host' })
  @IsOptional()
  @Matches(/^https?:\/\/[^\s/?#]+\/?$/, { message: 'apiBaseUrl must be an http or https address without a path' })
  apiBaseUrl?: string;

  @ApiPropertyOptional({ minimum: 5, maximum: 120, default: 25, description: 'Seconds the customer’s phone rings' })
  @IsOptional()
  @IsInt()
  @Min(5)
  @Max(120)
  ringSeconds?: number;

  @ApiPropertyOptional({ minimum: 60, maximum: 14_400, default: 3600, description: 'The longest call, seconds' })
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(14_400)
  limitSeconds?: number;

  @ApiPropertyOptional({ description: 'Audio the agent hears before they press 1' })
  @IsOptional()
  @IsUrl(WEB)
  agentPromptUrl?: string;

  @ApiPropertyOptional({ type: RecordingBody, description: 'Recorded only with an announcement' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RecordingBody)
  recording?: RecordingBody;
}

export class VoiceAccountBody {
  @ApiProperty({ enum: PROVIDERS })
  @IsIn(PROVIDERS)
  provider: string;

  @ApiProperty({ maxLength: 100 })
  @Line(100)
  name: string;

  @ApiProperty({ description: 'The account’s id at the provider', example: `AC${'0'.repeat(32)}` })
  @Matches(/^[\w-]{1,100}$/)
  externalId: string;

  @ApiProperty({ description: 'The number calls go out from', example: '+982191001234' })
  @Line(40)
  phone: string;

  @ApiProperty({ type: Object, description: 'Written, never read back', example: { authToken: 'secret' } })
  @IsObject()
  credentials: Record<string, unknown>;

  @ApiPropertyOptional({ type: VoiceSettingsBody })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => VoiceSettingsBody)
  settings?: VoiceSettingsBody;
}

export class VoiceAccountChange {
  @ApiPropertyOptional({ maxLength: 100 }) @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional() @IsOptional() @Line(40) phone?: string;

  @ApiPropertyOptional({ type: Object, description: 'Given fields replace the stored ones' })
  @IsOptional()
  @IsObject()
  credentials?: Record<string, unknown>;

  @ApiPropertyOptional({ type: VoiceSettingsBody })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => VoiceSettingsBody)
  settings?: VoiceSettingsBody;

  @ApiPropertyOptional({ enum: ['active', 'disabled'] })
  @IsOptional()
  @IsIn(['active', 'disabled'])
  state?: 'active' | 'disabled';
}
