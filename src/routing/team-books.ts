import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Queue } from './queue';
import { QueuesRepository } from './queues.repository';
import type { Roster } from './roster';
import { RosterRepository } from './roster.repository';
import type { WorkspaceRouting } from './settings';

/** A team's rules as its leads set them; with no team, the lobby's. */
export interface TeamRules {
  teamId: string | null;
  /** Undefined when there is no such team. */
  assignment: 'push' | 'pull' | undefined;
  /** By rank. */
  queues: readonly Queue[];
  /** Whether anybody has a language among their skills. */
  speaks: boolean;
  settings: WorkspaceRouting;
}

interface Book {
  edition: string;
  rules?: TeamRules;
  roster?: Roster;
}

const MOST_BOOKS = 500; // teams at work on one node; a thousand agents with their skills are some 300 kB

/**
 * What routing knows of teams and that changes rarely, kept in memory. Whoever asks says the edition they read in their own
 * transaction: what was kept under another is read anew. An edition is read before what is kept under it, so that what is
 * kept is never older than its name says.
 */
@Injectable()
export class TeamBooks {
  private readonly books = new Map<string, Book>();

  constructor(
    private readonly rosters: RosterRepository,
    private readonly queues: QueuesRepository,
  ) {}

  async rules(tx: Tx, workspaceId: string, teamId: string | null, edition: string | null): Promise<TeamRules> {
    const book = this.book(workspaceId, teamId, edition);
    return (book.rules ??= await this.readRules(tx, workspaceId, teamId));
  }

  async roster(tx: Tx, workspaceId: string, teamId: string, edition: string | null): Promise<Roster> {
    const book = this.book(workspaceId, teamId, edition);
    return (book.roster ??= await this.rosters.roster(tx, workspaceId, teamId));
  }

  private async readRules(tx: Tx, workspaceId: string, teamId: string | null): Promise<TeamRules> {
    const settings = await this.queues.settings(tx, workspaceId);
    if (teamId === null) return { teamId, assignment: undefined, queues: [], speaks: false, settings };
    return {
      teamId,
      assignment: await this.rosters.assignment(tx, workspaceId, teamId),
      queues: await this.queues.queues(tx, workspaceId, [teamId]),
      speaks: (await this.queues.teamsThatSpeak(tx, workspaceId, [teamId])).has(teamId),
      settings,
    };
  }

  /** The least lately used are forgotten. Without an edition nothing is kept. */
  private book(workspaceId: string, teamId: string | null, edition: string | null): Book {
    if (edition === null) return { edition: '' };
    const key = `${workspaceId} ${teamId}`;
    let book = this.books.get(key);
    if (book?.edition !== edition) book = { edition };
    this.books.delete(key);
    this.books.set(key, book);
    if (this.books.size > MOST_BOOKS) this.books.delete(this.books.keys().next().value!);
    return book;
  }
}
