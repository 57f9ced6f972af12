import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import type { ClientEvent } from './client-event';
import { PRESENCE_STATES, type PresenceState } from './protocol';

export class EventsQuery {
  @ApiProperty({ minimum: 0, description: 'The last position you have; `head` or `nextCursor` of an earlier answer' })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 200 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 200;
}

export class ClientEventView implements ClientEvent {
  @ApiProperty() position: number;
  @ApiProperty({ type: String, example: 'ticket.assigned' }) type: ClientEvent['type'];
  @ApiProperty({ format: 'uuid' }) workspaceId: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ type: Object, example: { kind: 'agent', id: '…' } }) actor: ClientEvent['actor'];
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ticketId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) conversationId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) contactId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) messageId: string | null;
  @ApiProperty({ type: Object, description: 'Ids, `from` and `to`; never message text' }) data: ClientEvent['data'];
}

export class EventsPage {
  @ApiProperty({ type: [ClientEventView] }) items: ClientEvent[];
  @ApiProperty({ type: String, nullable: true, description: 'null: nothing more for now; ask again after `head`' })
  nextCursor: string | null;
  @ApiProperty({ description: 'The last position of the workspace' }) head: number;
}

export class PresenceQuery {
  @ApiPropertyOptional({ format: 'uuid', description: '`nextCursor` of the page before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 1000, default: 500 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 500;
}

class PresenceView {
  @ApiProperty({ format: 'uuid' }) agentId: string;
  @ApiProperty({ enum: PRESENCE_STATES }) state: PresenceState;
  @ApiProperty({ type: [String], nullable: true, description: 'Types of work taken now; null: all' }) takes:
    string[] | null;
  @ApiProperty({ format: 'date-time' }) changedAt: Date;
}

export class PresencePage {
  @ApiProperty({ type: [PresenceView], description: 'Agents not listed are offline' }) items: PresenceView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: string | null;
}
