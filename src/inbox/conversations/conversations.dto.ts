import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';

export class MessagesQuery {
  @ApiPropertyOptional({ description: 'Messages before this place in the conversation' })
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  before?: number;

  @ApiPropertyOptional({ description: 'Messages after this place in the conversation' })
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  after?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
}

export class NoteBody {
  @ApiProperty({ maxLength: 20_000 })
  @IsString()
  @Length(1, 20_000)
  text: string;
}

const HANDOFFS = ['agent', 'phone', 'email'] as const;

export class HandoffBody {
  @ApiProperty({
    enum: HANDOFFS,
    description: 'With `phone`: see PhoneHandoffBody. With `email`: see EmailHandoffBody.',
  })
  @IsIn(HANDOFFS)
  to: (typeof HANDOFFS)[number];

  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

export class HandlerBody {
  @ApiProperty({ enum: ['bot', 'human'] })
  @IsIn(['bot', 'human'])
  handler: 'bot' | 'human';
}
