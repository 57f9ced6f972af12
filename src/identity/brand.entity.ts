import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('brands')
export class BrandEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' }) workspaceId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  /** Since when it takes no new channels; null: in use. */
  @Column('timestamptz', { name: 'archived_at', nullable: true }) archivedAt: Date | null;
}
