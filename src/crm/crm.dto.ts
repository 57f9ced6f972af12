import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import type { Words } from '../text/words';
import type { CrmEntity, CrmSettings, Granularity } from './crm-connection';
import { MATCHED_TYPES, type MatchedType } from './salesforce/mapping';

const GRANULARITIES = ['full', 'digest'] as const;
const ENTITIES = ['contact', 'conversation', 'message', 'call'] as const;
const MATCH_OBJECTS = ['Contact', 'Lead'] as const;

export class GranularityBody {
  @ApiPropertyOptional({ enum: GRANULARITIES }) @IsOptional() @IsIn(GRANULARITIES) dm?: Granularity;
  @ApiPropertyOptional({ enum: GRANULARITIES }) @IsOptional() @IsIn(GRANULARITIES) comment?: Granularity;
}

export class CrmSettingsBody {
  @ApiPropertyOptional({ type: GranularityBody, description: 'A record for each message, or the conversation only' })
  @IsOptional()
  @ValidateNested()
  @Type(() => GranularityBody)
  granularity?: GranularityBody;

  @ApiPropertyOptional({ default: 2000, description: 'Milliseconds changes are gathered, so that many share a call' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(600_000)
  coalesceMs?: number;

  @ApiPropertyOptional({ default: 0.8, description: "Share of the org's daily API calls at which the sync stops" })
  @IsOptional()
  @IsNumber()
  @Min(0.01)
  @Max(1)
  maxDailyShare?: number;

  @ApiPropertyOptional({ default: 'IR', description: 'Country of phone numbers written without one' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/)
  defaultCountry?: string;

  @ApiPropertyOptional({
    type: Object,
    example: { instagram: 'Instagram__c' },
    description: 'Network → field with the handle',
  })
  @IsOptional()
  @IsObject()
  handleFields?: Record<string, string>;

  @ApiPropertyOptional({ enum: MATCH_OBJECTS, isArray: true })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @ArrayUnique()
  @IsIn(MATCH_OBJECTS, { each: true })
  matchObjects?: ('Contact' | 'Lead')[];
}

export class CrmConnectionBody {
  @ApiProperty({ example: 'https://harbour.my.salesforce.com' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim().replace(/\/+$/, '') : value))
  @IsString()
  @Length(1, 255)
  loginUrl: string;

  @ApiProperty({ description: "The app's consumer key" }) @Line(255) clientId: string;
  @ApiProperty({ description: 'The integration user' }) @Line(255) username: string;

  @ApiPropertyOptional({ writeOnly: true, description: 'PEM, RSA; left out: the stored one stays' })
  @IsOptional()
  @IsString()
  @Length(1, 20_000)
  privateKey?: string;

  @ApiPropertyOptional({ type: CrmSettingsBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => CrmSettingsBody)
  settings?: CrmSettingsBody;
}

export class ApiUsageView {
  @ApiProperty({ description: 'Calls in the last 24 hours, of everyone' }) used: number;
  @ApiProperty() limit: number;
}

export class CrmConnectionView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['salesforce'] }) kind: string;
  @ApiProperty() loginUrl: string;
  @ApiProperty() clientId: string;
  @ApiProperty() username: string;
  @ApiProperty({ type: Object }) settings: CrmSettings;
  @ApiProperty({ enum: ['active', 'paused', 'needs_attention'] }) state: string;
  @ApiProperty({ type: String, nullable: true }) stateReason: string | null;
  @ApiProperty({ type: Object, nullable: true, description: '`{ fa, en }`' }) stateReasonWords: Words | null;
  @ApiProperty({ format: 'date-time', type: Date, nullable: true }) pausedUntil: Date | null;
  @ApiProperty({ format: 'date-time', type: Date, nullable: true }) lastSyncAt: Date | null;
  @ApiProperty({ type: String, nullable: true }) instanceUrl: string | null;
  @ApiProperty({ type: ApiUsageView, nullable: true }) apiUsage: ApiUsageView | null;
}

export class MissingFields {
  @ApiProperty() object: string;
  @ApiProperty({ type: [String] }) fields: string[];
}

export class CheckFailure {
  @ApiProperty() code: string;
  @ApiProperty() message: string;
  @ApiProperty({ type: Object, description: '`{ fa, en }`' }) words: Words;
}

export class CrmCheckView {
  @ApiProperty() ok: boolean;
  @ApiProperty({ type: String, nullable: true }) organizationId: string | null;
  @ApiProperty({ type: String, nullable: true }) instanceUrl: string | null;
  @ApiProperty({ type: [MissingFields], description: 'What the integration user does not see or may not write' })
  missing: MissingFields[];
  @ApiProperty({ type: CheckFailure, nullable: true }) failure: CheckFailure | null;
}

export class ParkedView {
  @ApiProperty({ enum: ENTITIES }) entity: string;
  @ApiProperty() code: string;
  @ApiProperty() count: number;
  @ApiProperty({ type: String, nullable: true, description: "The server's words about the newest" }) error:
    string | null;
  @ApiProperty({ type: Object, description: 'What the code means and what to do: `{ fa, en }`' }) words: Words;
  @ApiProperty({ format: 'uuid', description: 'The newest' }) entityId: string;
  @ApiProperty({ format: 'date-time' }) parkedAt: Date;
}

export class CrmQueueView {
  @ApiProperty({ description: 'Things that changed here and are not there yet' }) waiting: number;
  @ApiProperty({ description: 'Of those, refused for now and tried again by themselves' }) retrying: number;
  @ApiProperty({ description: 'Refused until someone looks' }) parkedCount: number;
  @ApiProperty({ type: [ParkedView] }) parked: ParkedView[];
  @ApiProperty({ description: 'Age of the oldest change that waits' }) lagMs: number;
  @ApiProperty({ format: 'date-time', type: Date, nullable: true }) lastSyncAt: Date | null;
  @ApiProperty() state: string;
  @ApiProperty({ type: String, nullable: true }) stateReason: string | null;
  @ApiProperty({ type: Object, nullable: true, description: '`{ fa, en }`' }) stateReasonWords: Words | null;
  @ApiProperty({ format: 'date-time', type: Date, nullable: true }) pausedUntil: Date | null;
  @ApiProperty({ type: ApiUsageView, nullable: true }) apiUsage: ApiUsageView | null;
}

export class CrmRetryBody {
  @ApiPropertyOptional({ enum: ENTITIES }) @IsOptional() @IsIn(ENTITIES) entity?: CrmEntity;
  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() entityId?: string;
}

export class CrmRetryView {
  @ApiProperty({ description: 'How many rows were taken back into the queue' }) retried: number;
}

export class CrmLinkBody {
  @ApiProperty({ enum: MATCHED_TYPES }) @IsIn(MATCHED_TYPES) type: MatchedType;
  @ApiProperty({ example: '0031x00000AbCdEAAV' })
  @Matches(/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/)
  id: string;
}

export class TroubleView {
  @ApiProperty({ enum: ENTITIES }) entity: string;
  @ApiProperty() code: string;
  @ApiProperty() message: string;
  @ApiProperty({ type: Object, description: '`{ fa, en }`' }) words: Words;
}

export class ContactCrmView {
  @ApiProperty({ enum: ['linked', 'unlinked', 'ambiguous', 'none'] }) state: string;
  @ApiProperty({ type: String, nullable: true }) method: string | null;
  @ApiProperty({ type: String, nullable: true }) matchedType: string | null;
  @ApiProperty({ type: String, nullable: true }) matchedId: string | null;
  @ApiProperty({ type: String, nullable: true }) url: string | null;
  @ApiProperty({ format: 'date-time', type: Date, nullable: true }) syncedAt: Date | null;
  @ApiProperty() pending: number;
  @ApiProperty({ type: TroubleView, nullable: true }) trouble: TroubleView | null;
}
