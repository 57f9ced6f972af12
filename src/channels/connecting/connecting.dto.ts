import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { CHANNEL_KINDS, type ChannelKind } from '../channel';

export class OAuthAppBody {
  @ApiProperty() @IsString() @Length(1, 300) clientId: string;
  @ApiProperty({ description: 'Written, never read back' }) @IsString() @Length(1, 1000) clientSecret: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @Matches(/^(?:https?|socks5):\/\/\S+$/) proxyUrl?: string;

  @ApiPropertyOptional({ description: 'Overrides the network’s host' })
  @IsOptional()
  @IsString()
  @Matches(/^https?:\/\/[^\s/?#]+\/?$/)
  apiBaseUrl?: string;
}

export class PickedAccount {
  @ApiProperty({ enum: CHANNEL_KINDS }) @IsIn(CHANNEL_KINDS) kind: ChannelKind;
  @ApiProperty() @IsString() @Length(1, 200) externalId: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 100) name?: string;
  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() teamId?: string;
  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() brandId?: string;
}

export class PickBody {
  @ApiProperty({ type: [PickedAccount] })
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => PickedAccount)
  accounts: PickedAccount[];
}

export class TestMessageBody {
  @ApiProperty({ description: 'The person’s id at the network, who has written to this channel before' })
  @IsString()
  @Length(1, 200)
  to: string;

  @ApiProperty() @IsString() @Length(1, 500) text: string;
}
