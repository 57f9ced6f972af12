import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Locale } from './principal';

@Entity('workspaces')
export class WorkspaceEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') slug: string;
  @Column('text') name: string;
  @Column('text') locale: Locale;
  @Column('text', { name: 'time_zone' }) timeZone: string;
  @Column('jsonb') settings: Record<string, unknown>;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
