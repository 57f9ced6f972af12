import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsInstant } from '../platform/validation';
import { GivenPassword, Line, NewPassword } from './identity.dto';
import { type Locale, type Permission, PERMISSIONS, type Role, ROLES } from './principal';

export class LoginBody {
  @ApiProperty({ example: 'owner@pasokh.local' }) @Line(320) email: string;
  @ApiProperty() @GivenPassword() password: string;
  @ApiPropertyOptional({ description: 'Slug, when the e-mail belongs to several workspaces', example: 'main' })
  @IsOptional()
  @Line(100)
  workspace?: string;
}

export class PasswordBody {
  @ApiProperty() @GivenPassword() current: string;
  @ApiProperty({ minLength: 10 }) @NewPassword() next: string;
}

export class ProfileBody {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional({ enum: ['fa', 'en'] }) @IsOptional() @IsIn(['fa', 'en']) locale?: Locale;
}

export class TokenBody {
  @ApiProperty({ example: 'nightly export' }) @Line(100) name: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Without it the token lasts until it is revoked' })
  @IsOptional()
  @IsInstant()
  expiresAt?: string;
}

class SessionAgent {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty() email: string;
  @ApiProperty({ enum: ROLES }) role: Role;
  @ApiProperty({ enum: ['fa', 'en'] }) locale: Locale;
  @ApiProperty() capacity: number;
}

class SessionWorkspace {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() slug: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ['fa', 'en'] }) locale: Locale;
  @ApiProperty({ example: 'Asia/Tehran' }) timeZone: string;
}

export class SessionView {
  @ApiProperty() agent: SessionAgent;
  @ApiProperty() workspace: SessionWorkspace;
  @ApiProperty({ enum: PERMISSIONS, isArray: true }) permissions: Permission[];
  @ApiProperty({ type: String, nullable: true, description: 'Send as x-csrf-token; null for API tokens' })
  csrfToken: string | null;
  @ApiProperty({ format: 'date-time' }) serverTime: Date;
}

export class TokenView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'pk_a1b2' }) hint: string;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastUsedAt: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt: Date | null;
}

export class NewTokenView extends TokenView {
  @ApiProperty({ example: 'pk_…', description: 'Shown this once' }) token: string;
}

export class TokenPage {
  @ApiProperty({ type: [TokenView] }) items: TokenView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

class TokenAgentView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ROLES }) role: Role;
}

export class AgentTokenView extends TokenView {
  @ApiProperty({ description: 'Whose it is: it may do what they may' }) agent: TokenAgentView;
}

export class AgentTokenPage {
  @ApiProperty({ type: [AgentTokenView] }) items: AgentTokenView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
