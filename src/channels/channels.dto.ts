import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { CHANNEL_KINDS, type ChannelKind } from './channel';

export class CreateChannelBody {
  @ApiProperty({ enum: CHANNEL_KINDS })
  @IsIn(CHANNEL_KINDS)
  kind: ChannelKind;

  @ApiProperty({ maxLength: 100 })
  @IsString()
  @Length(1, 100)
  name: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Default: the workspace’s first brand' })
  @IsOptional()
  @IsUUID()
  brandId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The team whose queue its tickets start in' })
  @IsOptional()
  @IsUUID()
  teamId?: string;

  @ApiPropertyOptional({ description: 'The account’s id at the network (page id …); made up for webchat when missing' })
  @IsOptional()
  @IsString()
  @Matches(/^[\w:.@+-]{1,200}$/)
  externalId?: string;

  @ApiPropertyOptional({ type: Object, description: 'Written, never read back' })
  @IsOptional()
  @IsObject()
  credentials?: Record<string, unknown>;

  @ApiPropertyOptional({ type: Object, description: '`apiBaseUrl` overrides the network’s host' })
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;
}

export class UpdateChannelBody {
  @ApiPropertyOptional({ maxLength: 100 })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'New threads are that brand’s; those that are there stay under theirs',
  })
  @IsOptional()
  @IsUUID()
  brandId?: string;

  @ApiPropertyOptional({ format: 'uuid', nullable: true })
  @IsOptional()
  @IsUUID()
  teamId?: string | null;

  @ApiPropertyOptional({
    type: Object,
    description: 'Given fields replace the stored ones; the channel is tried again',
  })
  @IsOptional()
  @IsObject()
  credentials?: Record<string, unknown>;

  @ApiPropertyOptional({ type: Object })
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  @ApiPropertyOptional({ enum: ['active', 'disabled'] })
  @IsOptional()
  @IsIn(['active', 'disabled'])
  state?: 'active' | 'disabled';
}
