import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Line } from '../identity/identity.dto';
import type { Weight } from '../inbox/tickets/capacity';
import { TICKET_PRIORITIES, type TicketPriority } from '../inbox/tickets/ticket';
import { TicketDto } from '../inbox/tickets/tickets.dto';
import type { Words } from '../text/words';
import type { Assignment } from './explain.repository';
import type { QueueConditions } from './queue';
import type { Fairness } from './turns.repository';
import type { SkillLevels } from './work';

const given = (field: string) => ValidateIf((body: Record<string, unknown>) => body[field] !== null);
const Listed = (values?: readonly string[]) => (target: object, property: string) => {
  for (const decorate of [
    ApiPropertyOptional({ type: [String], ...(values && { enum: values }) }),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(100),
    ...(values ? [IsIn(values, { each: true })] : [IsString({ each: true }), MaxLength(100, { each: true })]),
  ])
    decorate(target, property);
};

export class QueueConditionsDto implements QueueConditions {
  @Listed() channelKinds?: string[];
  @Listed(['comment', 'dm']) threadKinds?: string[];
  @ApiPropertyOptional({ type: [String], format: 'uuid' })
  @IsOptional()
  @ArrayMaxSize(100)
  @IsUUID(undefined, { each: true })
  brandIds?: string[];
  @Listed() languages?: string[];
  @Listed(TICKET_PRIORITIES) priorities?: TicketPriority[];
  @Listed() tiers?: string[];
  @Listed() tags?: string[];
  @Listed() workTypes?: string[];
}

export class QueueChangeBody {
  @ApiPropertyOptional() @IsOptional() @Line(100) name?: string;
  @ApiPropertyOptional({ description: 'Queues of a team are looked at by rank, least first' })
  @IsOptional()
  @IsInt()
  @Min(-1_000_000)
  @Max(1_000_000)
  rank?: number;
  @ApiPropertyOptional({ type: QueueConditionsDto, description: 'Every list named must hold; none: everything' })
  @IsOptional()
  @ValidateNested()
  @Type(() => QueueConditionsDto)
  conditions?: QueueConditionsDto;
  @ApiPropertyOptional({ enum: ['push', 'pull'], nullable: true, description: 'null: as the team' })
  @IsOptional()
  @IsIn(['push', 'pull', null])
  mode?: 'push' | 'pull' | null;
  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    minimum: 5,
    maximum: 3600,
    description: 'How long an agent may think before work goes to the next; null: assigned at once',
  })
  @IsOptional()
  @given('acceptSeconds')
  @IsInt()
  @Min(5)
  @Max(3600)
  acceptSeconds?: number | null;
  @ApiPropertyOptional({
    type: Object,
    example: { refunds: 2, 'lang:fa': 3 },
    description: 'Skills and their least level',
  })
  @IsOptional()
  @IsObject()
  needs?: SkillLevels;
  @ApiPropertyOptional({ default: true }) @IsOptional() @IsBoolean() vipFirst?: boolean;
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'Its hours; null: always open' })
  @IsOptional()
  @given('calendarId')
  @IsUUID()
  calendarId?: string | null;
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Where its work waits while it is closed: another queue of the team; null: here',
  })
  @IsOptional()
  @given('overflowQueueId')
  @IsUUID()
  overflowQueueId?: string | null;
}

class QueueHoursView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) calendarId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) overflowQueueId: string | null;
  @ApiProperty({ description: 'While it is closed nothing of it is given out' }) open: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it opens or closes next' })
  turnsAt: Date | null;
}

export class QueueBody extends QueueChangeBody {
  @ApiProperty({ format: 'uuid' }) @IsUUID() teamId: string;
  @ApiProperty() @Line(100) declare name: string;
}

export class QueueSettingsView extends QueueHoursView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) teamId: string;
  @ApiProperty() name: string;
  @ApiProperty() rank: number;
  @ApiProperty({ type: QueueConditionsDto }) conditions: QueueConditions;
  @ApiProperty({ enum: ['push', 'pull'], nullable: true }) mode: 'push' | 'pull' | null;
  @ApiProperty({ type: Number, nullable: true }) acceptSeconds: number | null;
  @ApiProperty({ type: Object }) needs: SkillLevels;
  @ApiProperty() vipFirst: boolean;
  @ApiProperty() version: number;
}

export class QueueView extends QueueHoursView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: the team’s own queue' })
  id: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: the lobby' }) teamId: string | null;
  @ApiProperty({ type: String, nullable: true }) name: string | null;
  @ApiProperty() rank: number;
  @ApiProperty({ type: QueueConditionsDto }) conditions: QueueConditions;
  @ApiProperty({ enum: ['push', 'pull'] }) mode: 'push' | 'pull';
  @ApiProperty({ type: Number, nullable: true }) version: number | null;
  @ApiProperty({ description: 'Whether the mode is its own, not its team’s' }) ownMode: boolean;
  @ApiProperty({ type: Number, nullable: true }) acceptSeconds: number | null;
  @ApiProperty({ type: Object }) needs: SkillLevels;
  @ApiProperty() vipFirst: boolean;
  @ApiProperty({ description: 'Tickets nobody holds, counted up to `capped`' }) waiting: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) waitingSince: Date | null;
  @ApiProperty({ type: [Object], description: 'What waits here is needed and nobody of the team can do' })
  nobodyCan: SkillLevels[];
}

export class QueuePage {
  @ApiProperty({ type: [QueueView] }) items: QueueView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
  @ApiProperty({ description: 'A count that reached this may be larger' }) capped: number;
}

export class RoutingSettingsChange {
  @ApiPropertyOptional({
    type: Object,
    example: { comment: 0.5, dm: 1, call: 'all' },
    description: 'Type of work: what it takes of capacity',
  })
  @IsOptional()
  @IsObject()
  weights?: Record<string, Weight>;
  @ApiPropertyOptional() @IsOptional() @IsInt() @Min(0) @Max(86_400_000) continuitySlackMs?: number;
  @ApiPropertyOptional({ minimum: 0, maximum: 1 }) @IsOptional() @IsNumber() @Min(0) @Max(1) lateShare?: number;
  @ApiPropertyOptional({ type: Number, nullable: true })
  @IsOptional()
  @given('languageFallbackSeconds')
  @IsInt()
  @Min(0)
  @Max(604_800)
  languageFallbackSeconds?: number | null;
  @Listed() vipTiers?: string[];
  @ApiPropertyOptional() @IsOptional() @IsInt() @Min(0) @Max(3_650) knownDays?: number;
  @ApiPropertyOptional({ type: Number, nullable: true })
  @IsOptional()
  @given('autoAwayMinutes')
  @IsInt()
  @Min(1)
  @Max(1_440)
  autoAwayMinutes?: number | null;
  @ApiPropertyOptional({ type: Number, nullable: true })
  @IsOptional()
  @given('awayReturnMinutes')
  @IsInt()
  @Min(1)
  @Max(1_440)
  awayReturnMinutes?: number | null;
  @ApiPropertyOptional() @IsOptional() @IsInt() @Min(1) @Max(100) timeoutsToAway?: number;
}

export class RoutingSettingsView {
  @ApiProperty({ type: Object }) weights: Readonly<Record<string, Weight>>;
  @ApiProperty() continuitySlackMs: number;
  @ApiProperty() lateShare: number;
  @ApiProperty({ type: Number, nullable: true }) languageFallbackSeconds: number | null;
  @ApiProperty({ type: [String] }) vipTiers: readonly string[];
  @ApiProperty() knownDays: number;
  @ApiProperty({ type: Number, nullable: true }) autoAwayMinutes: number | null;
  @ApiProperty({ type: Number, nullable: true }) awayReturnMinutes: number | null;
  @ApiProperty() timeoutsToAway: number;
}

export class SkillsBody {
  @ApiProperty({ type: Object, example: { 'lang:fa': 5, refunds: 3 }, description: 'All the agent’s skills, 1 to 5' })
  @IsObject()
  skills: SkillLevels;
}

export class SkillsView {
  @ApiProperty({ type: Object }) skills: SkillLevels;
}

export class DeclineBody {
  @ApiProperty({ example: 'not_my_subject' }) @Line(200) reason: string;
}

export class OfferView extends TicketDto {
  @ApiProperty({ format: 'date-time' }) expiresAt: Date;
  @ApiProperty({ type: Object }) why: Record<string, unknown>;
}

export class OfferList {
  @ApiProperty({ type: [OfferView] }) items: OfferView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class HandoverBody {
  @ApiPropertyOptional({ format: 'uuid', description: 'Who takes over; without it all goes back to its queue' })
  @IsOptional()
  @IsUUID()
  agentId?: string;
  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'Without it everything in hand' })
  @IsOptional()
  @ArrayMaxSize(500)
  @IsUUID(undefined, { each: true })
  ticketIds?: string[];
  @ApiPropertyOptional({ description: 'For whoever takes over, as a note on each' })
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  note?: string;
}

export class HandoverList {
  @ApiProperty({ type: [TicketDto], description: 'What I have in hand, most urgent first' }) items: TicketDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class HandoverResult {
  @ApiProperty({ type: [String], format: 'uuid' }) handedOver: string[];
  @ApiProperty({ type: [Object], description: 'What stayed, and why' })
  refused: { ticketId: string; code: string; message: string; words: Words }[];
}

export class AssignmentView implements Assignment {
  @ApiProperty() position: number;
  @ApiProperty({ format: 'date-time' }) at: Date;
  @ApiProperty({ enum: ['assigned', 'offered', 'offer_ended', 'queued'] }) what: Assignment['what'];
  @ApiProperty({ example: 'push' }) how: string;
  @ApiProperty({ type: Object, nullable: true }) agent: { id: string; name: string } | null;
  @ApiProperty({ type: Object, nullable: true }) from: { id: string; name: string } | null;
  @ApiProperty({ type: Object, example: { rule: 'freest', slackMs: 90_000 } }) why: Record<string, unknown>;
  @ApiProperty({ type: Object }) actor: { kind: string; id: string | null; name: string | null };
}

export class AssignmentList {
  @ApiProperty({ type: [AssignmentView] }) items: AssignmentView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}

export class FairnessQuery {
  @ApiProperty({ format: 'date-time' }) @Type(() => Date) @IsDate() from: Date;
  @ApiProperty({ format: 'date-time' }) @Type(() => Date) @IsDate() to: Date;
  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() teamId?: string;
}

export class FairnessView implements Fairness {
  @ApiProperty({ format: 'uuid' }) agentId: string;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'Given by the router or by colleagues' }) assigned: number;
  @ApiProperty({ description: 'Taken by themselves' }) claimed: number;
  @ApiProperty({ description: 'Opened while it waited, and left' }) leftOpen: number;
  @ApiProperty() declined: number;
  @ApiProperty() timedOut: number;
  @ApiProperty() answered: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Share of their answers quicker than half of all' })
  easyShare: number | null;
  @ApiProperty({ type: Number, nullable: true }) meanWaitMs: number | null;
}

export class FairnessList {
  @ApiProperty({ type: [FairnessView] }) items: FairnessView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
