import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsBoolean, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { Line } from '../identity/identity.dto';
import { PageQuery } from '../identity/page';
import { IsInstant } from '../platform/validation';
import { ENDPOINT_TYPES } from './told-events';
import type { DeliveryState } from './webhooks.repository';

export class EndpointBody {
  @ApiProperty({ maxLength: 100 })
  @Line(100)
  name: string;

  @ApiProperty({ description: 'Where to: https, on the public internet', example: 'https://example.com/hooks/pasokh' })
  @IsString()
  @Length(1, 2_000)
  url: string;

  @ApiPropertyOptional({
    description: 'What it hears of; empty or left out: everything',
    enum: ENDPOINT_TYPES,
    isArray: true,
  })
  @IsOptional()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsIn(ENDPOINT_TYPES, { each: true })
  types?: string[];
}

export class EndpointChange extends PartialType(EndpointBody) {
  @ApiPropertyOptional({ description: 'Switching on sends what waited' })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

const STATES: DeliveryState[] = ['waiting', 'delivered', 'failed'];

export class DeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: DeliveryState;
}

export class ReplayBody {
  @ApiProperty({
    format: 'date-time',
    description: 'What it missed since then is sent; while there is `more`, go on from `through`',
  })
  @IsInstant()
  since: string;
}
