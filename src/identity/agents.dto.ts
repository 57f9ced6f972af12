import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { AgentListing } from './agent';
import { Line, NewPassword } from './identity.dto';
import { type Locale, type Role, ROLES } from './principal';

export class NewAgentBody {
  @ApiProperty({ example: 'ada@harbour.example' })
  @IsEmail({ require_tld: false, allow_utf8_local_part: false })
  @MaxLength(320)
  email: string;
  @ApiProperty() @Line(100) name: string;
  @ApiProperty({ enum: ROLES }) @IsIn(ROLES) role: Role;
  @ApiPropertyOptional({ minLength: 10, description: 'Without it one is made and shown once' })
  @IsOptional()
  @NewPassword()
  password?: string;
  @ApiPropertyOptional({ enum: ['fa', 'en'] }) @IsOptional() @IsIn(['fa', 'en']) locale?: Locale;
  @ApiPropertyOptional({ minimum: 0, maximum: 1000, default: 5 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1000)
  capacity?: number;
  @ApiPropertyOptional({ type: [String], format: 'uuid' })
  @IsOptional()
  @ArrayMaxSize(200)
  @IsUUID(undefined, { each: true })
  teamIds?: string[];
}

export class AgentChangeBody {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional({ enum: ROLES }) @IsOptional() @IsIn(ROLES) role?: Role;
  @ApiPropertyOptional({ enum: ['fa', 'en'] }) @IsOptional() @IsIn(['fa', 'en']) locale?: Locale;
  @ApiPropertyOptional({ minimum: 0, maximum: 1000 }) @IsOptional() @IsInt() @Min(0) @Max(1000) capacity?: number;
  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'All teams the agent is to be in' })
  @IsOptional()
  @ArrayMaxSize(200)
  @IsUUID(undefined, { each: true })
  teamIds?: string[];
}

export class AgentAccessBody {
  @ApiProperty({ description: 'false signs the agent out everywhere and keeps it out' }) @IsBoolean() enabled: boolean;
}

export class AgentView implements AgentListing {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty() email: string;
  @ApiProperty({ enum: ROLES }) role: Role;
  @ApiProperty({ enum: ['fa', 'en'] }) locale: Locale;
  @ApiProperty({ description: 'How many active tickets at once' }) capacity: number;
  @ApiProperty({ description: 'How many active tickets now' }) load: number;
  @ApiProperty({ enum: ['online', 'away', 'break', 'draining', 'offline'] })
  presence: 'online' | 'away' | 'break' | 'draining' | 'offline';
  @ApiProperty({ type: [String], format: 'uuid' }) teamIds: string[];
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) disabledAt: Date | null;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
}

export class AgentPage {
  @ApiProperty({ type: [AgentView] }) items: AgentView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class NewAgentView extends AgentView {
  @ApiProperty({ type: String, nullable: true, description: 'Only when it was made here, and only this once' })
  password: string | null;
}

export class ResetPasswordView {
  @ApiProperty({ description: 'Shown this once' }) password: string;
}
