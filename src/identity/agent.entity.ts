import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Locale, Role } from './principal';

@Entity('agents')
export class AgentEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' }) workspaceId: string;
  @PrimaryColumn('uuid') id: string;
  /** Lower case. */
  @Column('text') email: string;
  @Column('text') name: string;
  @Column('text') role: Role;
  @Column('text', { name: 'password_hash', nullable: true }) passwordHash: string | null;
  @Column('text') locale: Locale;
  /** How many active tickets at once. */
  @Column('int') capacity: number;
  @Column('timestamptz', { name: 'disabled_at', nullable: true }) disabledAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
