import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsTimeZone } from 'class-validator';
import { Line } from './identity.dto';
import type { Locale } from './principal';
import { type Assignment, ASSIGNMENTS } from './team.entity';

export class WorkspaceChangeBody {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional({ enum: ['fa', 'en'] }) @IsOptional() @IsIn(['fa', 'en']) locale?: Locale;
  @ApiPropertyOptional({ example: 'Asia/Tehran' }) @IsOptional() @IsTimeZone() timeZone?: string;
}

export class WorkspaceView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() slug: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ['fa', 'en'] }) locale: Locale;
  @ApiProperty({ example: 'Asia/Tehran' }) timeZone: string;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
}

export class NewBrandBody {
  @ApiProperty() @Line(100) name: string;
}

export class BrandChangeBody {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
}

export class BrandArchivedBody {
  @ApiProperty({ description: 'true takes it out of use, false brings it back' }) @IsBoolean() archived: boolean;
}

export class BrandView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'Since when it takes no new channels; null: in use' })
  archivedAt: Date | null;
}

export class BrandPage {
  @ApiProperty({ type: [BrandView] }) items: BrandView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class NewTeamBody {
  @ApiProperty() @Line(100) name: string;
  @ApiPropertyOptional({ enum: ASSIGNMENTS, default: 'push' }) @IsOptional() @IsIn(ASSIGNMENTS) assignment?: Assignment;
}

export class TeamChangeBody {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional({ enum: ASSIGNMENTS }) @IsOptional() @IsIn(ASSIGNMENTS) assignment?: Assignment;
}

export class TeamView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ASSIGNMENTS, description: 'push: given to agents; pull: agents claim' }) assignment: Assignment;
  @ApiProperty({ type: [String], format: 'uuid' }) memberIds: string[];
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
}

export class TeamPage {
  @ApiProperty({ type: [TeamView] }) items: TeamView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
