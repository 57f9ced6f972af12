import { Column, Entity, PrimaryColumn } from 'typeorm';

export const ASSIGNMENTS = ['push', 'pull'] as const;
/** push: work is given to an online agent with room; pull: agents claim for themselves. */
export type Assignment = (typeof ASSIGNMENTS)[number];

@Entity('teams')
export class TeamEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' }) workspaceId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') assignment: Assignment;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
