import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Locale } from '../identity/principal';

@Entity('faq_articles')
export class FaqArticleEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' }) workspaceId: string;
  @PrimaryColumn('uuid') id: string;
  /** Null: for every brand. */
  @Column('uuid', { name: 'brand_id', nullable: true }) brandId: string | null;
  @Column('text') locale: Locale;
  @Column('text') title: string;
  @Column('text', { array: true }) phrasings: string[];
  @Column('text') answer: string;
  @Column('boolean', { name: 'auto_send' }) autoSend: boolean;
  @Column('boolean') enabled: boolean;
  /** Grows with every edit. */
  @Column('int') version: number;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}
