import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';

export class FileLimitBody {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Bytes; null: no limit', example: 10_737_418_240 })
  @ValidateIf((body: FileLimitBody) => body.limitBytes !== null)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  limitBytes: number | null;
}

export class FileUseDto {
  @ApiProperty({ description: 'Bytes of all files kept, each counted once' }) usedBytes: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Bytes; null: no limit' }) limitBytes: number | null;
  @ApiProperty({ description: 'Files of customers that found no room and wait for some' }) waiting: number;
}
