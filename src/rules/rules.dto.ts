import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Max,
  Min,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import { PageQuery } from '../identity/page';
import { APPROVAL_STATES, type ApprovalState } from './approvals.repository';
import { TRIGGERS } from './rule';

const MAX_NAME = 200;
const MAX_REASON = 1_000;

const WHEN = {
  type: 'array' as const,
  items: { type: 'object' as const, properties: { on: { type: 'string' as const, enum: [...TRIGGERS] } } },
  example: [{ on: 'message.received' }],
  description: 'Any of these; `{ on: "idle", minutes, side: customer | agent | any }` waits for silence',
};
const CONDITIONS = {
  type: 'object' as const,
  additionalProperties: true,
  example: { all: [{ field: 'text', op: 'contains_any', value: ['refund', 'بازگشت وجه'] }] },
  description: 'A tree of `all`, `any`, `not` and questions `{ field, op, value }`; left out: always',
};
const ACTIONS = {
  type: 'array' as const,
  items: { type: 'object' as const, additionalProperties: true },
  example: [{ do: 'tag', add: ['refund'] }],
  description: 'In order; each `{ do, … }`. What one refuses is in the receipt, the others go on',
};

export class RuleBody {
  @ApiProperty({ maxLength: MAX_NAME }) @Line(MAX_NAME) name: string;
  @ApiPropertyOptional({ default: true }) @IsOptional() @IsBoolean() enabled?: boolean;
  @ApiProperty(WHEN) @IsArray() when: unknown[];
  @ApiPropertyOptional(CONDITIONS) @IsOptional() @IsObject() conditions?: Record<string, unknown>;
  @ApiProperty(ACTIONS) @IsArray() actions: unknown[];
}

export class RuleChangeBody extends RuleBody {
  @ApiPropertyOptional({ description: 'The version that was edited; refused if the rule has moved on' })
  @IsOptional()
  @IsInt()
  @Min(1)
  version?: number;
}

export class DryRunBody extends RuleBody {
  @ApiPropertyOptional({ format: 'date-time', description: 'At most seven days ago' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;
  @ApiPropertyOptional({ format: 'date-time' }) @IsOptional() @Type(() => Date) @IsDate() to?: Date;
  @ApiPropertyOptional({ default: 20, maximum: 100, description: 'How many examples' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  limit?: number;
}

export class RuleOrderBody {
  @ApiProperty({ type: [String], format: 'uuid', description: 'All rules, first to last' })
  @IsArray()
  @ArrayMaxSize(500)
  @IsUUID(undefined, { each: true })
  ids: string[];
}

export class RuleDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty() rank: number;
  @ApiProperty() enabled: boolean;
  @ApiProperty() version: number;
  @ApiProperty(WHEN) when: object[];
  @ApiProperty(CONDITIONS) conditions: object;
  @ApiProperty(ACTIONS) actions: object[];
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ format: 'date-time' }) updatedAt: Date;
}

export class OpenRuleDto extends RuleDto {
  @ApiProperty({ type: [Object], description: '`{ version, definition, changedBy, changedAt }`, newest first' })
  versions: object[];
  @ApiProperty({ type: [Object], description: 'Tickets it is kept away from: `{ ticket, since }`' })
  suspensions: object[];
}

export class RuleListDto {
  @ApiProperty({ type: [RuleDto] }) items: RuleDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class ReceiptDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: Object, description: '`{ id, name, version }` as it was when it ran' }) rule: object;
  @ApiProperty({ type: Object, description: '`{ position, type, at }`' }) event: object;
  @ApiProperty({ type: Object, description: '`{ id, number, subject }`' }) ticket: object;
  @ApiProperty({ enum: ['ran', 'stopped'] }) outcome: string;
  @ApiProperty({ type: String, nullable: true, description: 'own_change, loop, too_deep, too_often, suspended' })
  stopped: string | null;
  @ApiProperty({ type: [String], description: 'Rules that led here, itself last' }) chain: string[];
  @ApiProperty({ type: [Object], description: '`{ field, op, value, seen, holds }`; never a message’s text' })
  matched: object[];
  @ApiProperty({ type: [Object], description: '`{ action, do, did }`' }) changed: object[];
  @ApiProperty({ type: [Object], description: '`{ action, do, code, message }`' }) refused: object[];
  @ApiProperty({ format: 'date-time' }) at: Date;
}

export class ReceiptPage {
  @ApiProperty({ type: [ReceiptDto] }) items: ReceiptDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class DryRunDto {
  @ApiProperty({ format: 'date-time' }) from: Date;
  @ApiProperty({ format: 'date-time' }) to: Date;
  @ApiProperty({ description: 'Events the rule listens to, in that time' }) events: number;
  @ApiProperty({ description: 'How many of them were asked about' }) looked: number;
  @ApiProperty({ description: '1: all; n: every n-th, so the counts are of a sample' }) every: number;
  @ApiProperty() matched: number;
  @ApiProperty({ description: 'Distinct tickets among the matches' }) tickets: number;
  @ApiProperty({ type: Object }) byEvent: object;
  @ApiProperty({ type: [Object], description: '`{ event, ticket, answers }`, newest first' }) examples: object[];
  @ApiProperty({ type: [String], description: 'Fields taken as they are now: what they were then is not kept' })
  asOfNow: string[];
  @ApiProperty({ type: [String], description: 'What there was too much of to look at' }) notCovered: string[];
  @ApiProperty({ type: [String] }) actions: string[];
}

export class ApprovalsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: APPROVAL_STATES }) @IsOptional() @IsIn(APPROVAL_STATES) state?: ApprovalState;
}

export class ApprovalBody {
  @ApiProperty({ enum: ['approve', 'refuse'] }) @IsIn(['approve', 'refuse']) decision: 'approve' | 'refuse';
  @ApiPropertyOptional({ maxLength: MAX_REASON }) @IsOptional() @Line(MAX_REASON) reason?: string;
}

export class ApprovalDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: Object }) rule: object;
  @ApiProperty({ format: 'uuid' }) receiptId: string;
  @ApiProperty({ type: Object, description: 'What the rule had answered to: `{ type, position, at }`' }) event: object;
  @ApiProperty({ type: Object }) ticket: object;
  @ApiProperty({ type: String, nullable: true }) conversationId: string | null;
  @ApiProperty({ type: String, nullable: true }) messageId: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'What the approver should know' }) text: string | null;
  @ApiProperty(ACTIONS) actions: object[];
  @ApiProperty({ enum: APPROVAL_STATES }) state: ApprovalState;
  @ApiProperty({ format: 'date-time' }) requestedAt: Date;
  @ApiProperty({ type: Date, nullable: true }) settledAt: Date | null;
  @ApiProperty({ type: Object, nullable: true }) settledBy: object | null;
  @ApiProperty({ type: String, nullable: true }) reason: string | null;
  @ApiProperty({ type: [Object] }) changed: object[];
  @ApiProperty({ type: [Object] }) refused: object[];
}

export class ApprovalPage {
  @ApiProperty({ type: [ApprovalDto] }) items: ApprovalDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
