import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Sealed } from '../platform/secrets';
import type { ChannelKind, ChannelSettings } from './channel';

@Entity('channels')
export class ChannelEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' }) workspaceId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: ChannelKind;
  @Column('text') name: string;
  @Column('uuid', { name: 'brand_id' }) brandId: string;
  @Column('uuid', { name: 'team_id', nullable: true }) teamId: string | null;
  @Column('text', { name: 'external_id' }) externalId: string;
  @Column('jsonb') settings: ChannelSettings;
  @Column('jsonb') credentials: Sealed;
  @Column('text') state: 'active' | 'needs_reconnect' | 'disabled';
  @Column('text', { name: 'state_reason', nullable: true }) stateReason: string | null;
  @Column('timestamptz', { name: 'last_event_at', nullable: true }) lastEventAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}
