import { DomainError } from '../platform/errors';
import type { Locale, Role } from './principal';

/** An agent as colleagues see it. */
export interface AgentListing {
  id: string;
  name: string;
  email: string;
  role: Role;
  locale: Locale;
  /** How many active tickets at once, and how many there are. */
  capacity: number;
  load: number;
  presence: 'online' | 'away' | 'break' | 'draining' | 'offline';
  teamIds: string[];
  disabledAt: Date | null;
  createdAt: Date;
}

export interface AgentChange {
  name?: string;
  role?: Role;
  locale?: Locale;
  capacity?: number;
}

export const normalEmail = (email: string) => email.trim().toLowerCase();

/**
 * Owners are above admins: only an owner makes, changes or disables one.
 * @param target the agent's role now; undefined when it is about to be made
 * @param becomes the role it is to have
 * @throws DomainError `forbidden`
 */
export function mustOutrank(actor: Role, target: Role | undefined, becomes: Role | undefined): void {
  if (actor === 'owner') return;
  if (actor !== 'admin') throw new DomainError('forbidden', 'Only owners and admins change people; ask one of them.');
  if (target === 'owner' || becomes === 'owner') {
    throw new DomainError('forbidden', 'Only an owner can make or change an owner; ask one of them.');
  }
}

interface Standing {
  role: Role;
  disabledAt: Date | null;
}

const isOwner = ({ role, disabledAt }: Standing) => role === 'owner' && disabledAt === null;

/**
 * A workspace without an owner could never get one back.
 * @param owners how many enabled owners there are now
 * @throws DomainError `conflict`
 */
export function mustKeepAnOwner(owners: number, before: Standing, after: Standing): void {
  if (isOwner(before) && !isOwner(after) && owners <= 1) {
    throw new DomainError('conflict', 'This is the last owner; make someone else an owner first.');
  }
}
