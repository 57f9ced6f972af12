import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { Line } from '../../identity/identity.dto';
import type { DeliveryWait } from '../conversations/delivery-wait';
import type { ReplyCapabilities } from './reply-capabilities';
import { LINK_KINDS, type LinkKind } from './ticket-relations.repository';
import { type ThreadKind, TICKET_PRIORITIES, TICKET_STATUSES, type TicketPriority, type TicketStatus } from './ticket';
import { SORTS, type TicketsSort, type TicketsView, VIEWS } from './ticket-list';

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const given = (field: string) => ValidateIf((body: Record<string, unknown>) => body[field] !== null);
const commaSeparated = ({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value);

export class TicketsQuery {
  @ApiPropertyOptional({ enum: VIEWS, default: 'all' })
  @IsIn(VIEWS)
  view: TicketsView = 'all';

  @ApiPropertyOptional({ enum: TICKET_STATUSES, isArray: true, description: 'One or several, separated by commas' })
  @IsOptional()
  @Transform(commaSeparated)
  @IsArray()
  @IsIn(TICKET_STATUSES, { each: true })
  status?: TicketStatus[];

  @ApiPropertyOptional({ description: 'An agent’s id, or `none`' })
  @IsOptional()
  @Matches(new RegExp(`^(none|${UUID})$`), { message: 'assignee must be an id or none' })
  assignee?: string;

  @ApiPropertyOptional({ description: 'A team’s id, or `lobby` for tickets of no team' })
  @IsOptional()
  @Matches(new RegExp(`^(lobby|${UUID})$`), { message: 'queue must be an id or lobby' })
  queue?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'One of a team’s queues' })
  @IsOptional()
  @IsUUID()
  queueId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  channel?: string;

  @ApiPropertyOptional({ enum: ['comment', 'dm'] })
  @IsOptional()
  @IsIn(['comment', 'dm'])
  kind?: ThreadKind;

  @ApiPropertyOptional({ description: 'In any spelling' })
  @IsOptional()
  @Line(60)
  tag?: string;

  @ApiPropertyOptional({ example: 'incident' })
  @IsOptional()
  @Line(60)
  type?: string;

  @ApiPropertyOptional({ example: 'fa' })
  @IsOptional()
  @Line(20)
  language?: string;

  @ApiPropertyOptional({ description: 'Only those that sleep, or (false) only those that do not' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  snoozed?: boolean;

  @ApiPropertyOptional({ example: 'order_number:48213', description: 'A custom field and its value' })
  @IsOptional()
  @Line(261)
  @Matches(/^[a-z][a-z0-9_]{0,59}:./, { message: 'field must be a key and a value, as key:value' })
  field?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'A notification of the caller: the tickets it tells of' })
  @IsOptional()
  @IsUUID()
  notice?: string;

  @ApiPropertyOptional({ description: 'A text many people write, by the id GET /repeats/waves gives it' })
  @IsOptional()
  @Matches(/^[0-9a-f]{32}$/, { message: 'wave must be the id of a wave' })
  wave?: string;

  @ApiPropertyOptional({ example: 'no_answer_needed' })
  @IsOptional()
  @Line(60)
  resolution?: string;

  @ApiPropertyOptional({ description: 'A ticket number, or words of the preview, the subject or the contact’s names' })
  @IsOptional()
  @Line(100)
  q?: string;

  @ApiPropertyOptional({ enum: SORTS, description: '`due`: most urgent first; `recent`: latest message first' })
  @IsOptional()
  @IsIn(SORTS)
  sort?: TicketsSort;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @IsOptional()
  @Length(1, 300)
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 50;
}

export class TimelineQuery {
  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'cursor must be the nextCursor of a page' })
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 100 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 100;
}

export class StatusBody {
  @ApiProperty({ enum: TICKET_STATUSES })
  @IsIn(TICKET_STATUSES)
  status: TicketStatus;

  @ApiPropertyOptional()
  @IsOptional()
  @Line(200)
  reason?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Of an incident: solve what belongs to it too, as a bulk change',
  })
  @IsOptional()
  @IsBoolean()
  withChildren?: boolean;
}

export class AssigneeBody {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'null puts the ticket back into its queue',
  })
  @given('agentId')
  @IsUUID()
  agentId: string | null;

  @ApiPropertyOptional({ default: false, description: 'A lead may go over the agent’s capacity' })
  @IsOptional()
  @IsBoolean()
  force?: boolean;
}

export class PriorityBody {
  @ApiProperty({ enum: TICKET_PRIORITIES })
  @IsIn(TICKET_PRIORITIES)
  priority: TicketPriority;
}

export class TeamBody {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null moves the ticket to the lobby' })
  @given('teamId')
  @IsUUID()
  teamId: string | null;
}

class NamedDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
}

class NumberedDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() number: number;
}

class TicketNameDto extends NumberedDto {
  @ApiProperty() subject: string;
  @ApiProperty({ enum: TICKET_STATUSES }) status: TicketStatus;
}

class TicketLinkDto extends TicketNameDto {
  @ApiProperty({ enum: LINK_KINDS }) kind: LinkKind;
  @ApiProperty({ enum: ['out', 'in'], description: 'Whether this ticket is, or causes, the other' })
  direction: 'out' | 'in';
}

class TicketChildrenDto {
  @ApiProperty() count: number;
  @ApiProperty({ type: [TicketNameDto], description: 'The first of them' }) items: TicketNameDto[];
}

class TicketChannelDto extends NamedDto {
  @ApiProperty({ example: 'instagram' }) kind: string;
}

class TicketContactDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true }) name: string | null;
  @ApiProperty({ type: String, nullable: true }) handle: string | null;
  @ApiProperty({ type: String, nullable: true }) avatarUrl: string | null;
}

class ThreadContactDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true }) name: string | null;
}

class TicketPostDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true }) text: string | null;
  @ApiProperty({ type: String, nullable: true }) permalink: string | null;
  @ApiProperty({ type: String, nullable: true }) mediaUrl: string | null;
  @ApiProperty({ type: String, nullable: true }) kind: string | null;
}

const Instant = () => ApiProperty({ type: String, format: 'date-time', nullable: true });

export class WordsDto {
  @ApiProperty() fa: string;
  @ApiProperty() en: string;
}

export class TicketDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() number: number;
  @ApiProperty({ enum: TICKET_STATUSES }) status: TicketStatus;
  @ApiProperty({ enum: TICKET_PRIORITIES }) priority: TicketPriority;
  @ApiProperty({ enum: ['comment', 'dm'] }) kind: ThreadKind;
  @ApiProperty() subject: string;
  @ApiProperty() preview: string;
  @ApiProperty({ enum: ['in', 'out', 'note'] }) previewDirection: 'in' | 'out' | 'note';
  @ApiPropertyOptional({ type: WordsDto, description: 'Where a network’s notice stands as the subject' })
  subjectWords?: WordsDto;
  @ApiPropertyOptional({ type: WordsDto, description: 'The same for the preview' })
  previewWords?: WordsDto;
  @ApiProperty({ description: '1 for the conversation’s first ticket' }) position: number;
  @ApiProperty() version: number;
  @ApiProperty({ type: TicketContactDto }) contact: TicketContactDto;
  @ApiProperty({ type: TicketChannelDto }) channel: TicketChannelDto;
  @ApiProperty({ format: 'uuid' }) brandId: string;
  @ApiProperty({ type: NamedDto, nullable: true }) team: NamedDto | null;
  @ApiProperty({ type: NamedDto, nullable: true }) assignee: NamedDto | null;
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ type: TicketPostDto, nullable: true }) post: TicketPostDto | null;
  @ApiProperty({ type: NamedDto, nullable: true }) queue: NamedDto | null;
  @ApiProperty({ example: 'dm' }) workType: string;
  @ApiProperty({ type: String, nullable: true }) type: string | null;
  @ApiProperty({ type: [String] }) tags: string[];
  @ApiProperty({ type: String, nullable: true, example: 'fa' }) language: string | null;
  @ApiProperty({ type: Object, description: 'Custom fields by key' }) fields: Record<string, unknown>;
  @ApiProperty({ type: String, nullable: true, example: 'no_answer_needed' }) resolution: string | null;
  @Instant() snoozedUntil: Date | null;
  @ApiProperty({ type: [String], description: 'Not empty while it is snoozed' }) wakeOn: string[];
  @ApiProperty({ type: NumberedDto, nullable: true }) mergedInto: NumberedDto | null;
  @ApiProperty({ type: NumberedDto, nullable: true, description: 'The incident it belongs to' })
  parent: NumberedDto | null;
  @Instant() waitingSince: Date | null;
  @Instant() dueAt: Date | null;
  @Instant() firstRespondedAt: Date | null;
  @ApiProperty({ format: 'date-time' }) lastMessageAt: Date;
  @Instant() solvedAt: Date | null;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ format: 'date-time' }) updatedAt: Date;
}

class TicketConversationDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['bot', 'human'] }) handler: 'bot' | 'human';
  @ApiProperty({ enum: ['comment', 'dm'] }) kind: ThreadKind;
  @Instant() unreachableSince: Date | null;
}

class TicketThreadDto extends TicketConversationDto {
  @ApiProperty({ type: TicketChannelDto }) channel: TicketChannelDto;
  @ApiProperty({ type: ThreadContactDto }) contact: ThreadContactDto;
  @ApiProperty({ description: 'Joined from elsewhere: merged, or continued by e-mail' }) joined: boolean;
  @ApiProperty({ type: Object, nullable: true, description: 'Why what is sent there would be held, and until when' })
  holds: DeliveryWait | null;
  @ApiProperty({ type: Object, nullable: true, description: 'What can be done in it now' })
  capabilities: ReplyCapabilities | null;
}

class RepeatPostDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true }) text: string | null;
  @ApiProperty({ type: String, nullable: true }) permalink: string | null;
}

class TicketRepeatDto {
  @ApiProperty({ format: 'uuid', description: 'This ticket’s own where the thread has joined it' }) ticketId: string;
  @ApiProperty() number: number;
  @ApiProperty() status: string;
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ enum: ['comment', 'dm'] }) threadKind: 'comment' | 'dm';
  @ApiProperty({ type: TicketChannelDto }) channel: TicketChannelDto;
  @ApiProperty({ type: RepeatPostDto, nullable: true }) post: RepeatPostDto | null;
  @ApiProperty({ format: 'uuid', description: 'The latest such message there' }) messageId: string;
  @ApiProperty({ format: 'date-time' }) at: Date;
  @ApiProperty({ description: 'Our side said something there since' }) answered: boolean;
  @ApiProperty({ description: 'How often it was said there' }) count: number;
}

export class OpenTicketDto extends TicketDto {
  @ApiProperty({ type: TicketConversationDto }) conversation: TicketConversationDto;
  @ApiProperty({ type: [TicketThreadDto], description: 'Every thread whose words are its work; its own first' })
  conversations: TicketThreadDto[];
  @ApiProperty({ type: [NamedDto] }) followers: NamedDto[];
  @ApiProperty({ type: [TicketLinkDto] }) links: TicketLinkDto[];
  @ApiProperty({ type: TicketChildrenDto }) children: TicketChildrenDto;
  @ApiProperty({ type: Object, nullable: true, description: 'What can be done in its own conversation now' })
  capabilities: ReplyCapabilities | null;
  @ApiProperty({ type: [TicketRepeatDto], description: 'Other threads in which the same person says the same' })
  repeats: TicketRepeatDto[];
  @ApiProperty({ description: 'The event position this read is at least as new as' }) position: number;
}

export class TicketListDto {
  @ApiProperty({ type: [TicketDto] }) items: TicketDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
  @ApiProperty({ description: 'The event position this read is at least as new as' }) position: number;
}

export class TicketCountsDto {
  @ApiProperty() mine: number;
  @ApiProperty() unassigned: number;
  @ApiProperty() all: number;
  @ApiProperty() breached: number;
  @ApiProperty({ description: 'A count that reached this may be larger' }) capped: number;
}

class TimelineActorDto {
  @ApiProperty({ enum: ['agent', 'bot', 'contact', 'system', 'crm'] }) kind: string;
  @ApiProperty({ type: String, nullable: true }) id: string | null;
  @ApiProperty({ type: String, nullable: true }) name: string | null;
}

class TimelineEntryDto {
  @ApiProperty() position: number;
  @ApiProperty({ format: 'date-time' }) at: Date;
  @ApiProperty({ example: 'ticket.assigned' }) type: string;
  @ApiProperty({ type: TimelineActorDto }) actor: TimelineActorDto;
  @ApiProperty({ type: Object }) data: Record<string, unknown>;
}

export class TimelineDto {
  @ApiProperty({ type: [TimelineEntryDto] }) items: TimelineEntryDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
