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

export class HandoffBody {
  @ApiProperty({ enum: ['agent'], description: 'Phone and e-mail follow with their channels.' })
  @IsIn(['agent'])
  to: 'agent';

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
