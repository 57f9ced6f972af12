export type Mode = 'public' | 'private' | 'note';

export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const keyOf = (conversationId: string, mode: Mode) => `pasokh.draft.${conversationId}.${mode}`;

/**
 * Unsent text by conversation and mode. A public draft never turns into a private one by switching modes, and all of
 * them survive a reload. Memory is the truth of this tab; the store is written on each change and may refuse.
 */
export class Drafts {
  private readonly memory = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private changes = 0;

  constructor(private readonly store: KeyValueStore | null) {}

  get(conversationId: string, mode: Mode): string {
    const key = keyOf(conversationId, mode);
    const known = this.memory.get(key);
    if (known !== undefined) return known;
    const kept = this.kept(key);
    this.memory.set(key, kept);
    return kept;
  }

  set(conversationId: string, mode: Mode, text: string): void {
    const key = keyOf(conversationId, mode);
    this.memory.set(key, text);
    try {
      if (text) this.store?.setItem(key, text);
      else this.store?.removeItem(key);
    } catch {
      // A full or forbidden store costs the reload, not the writing.
    }
    this.changes += 1;
    this.listeners.forEach((tell) => tell());
  }

  /** Grows with every change. */
  version = (): number => this.changes;

  /** Puts text into a mode without losing what was being written: the draft keeps its place above it. */
  add(conversationId: string, mode: Mode, text: string): void {
    const before = this.get(conversationId, mode).trimEnd();
    this.set(conversationId, mode, before ? `${before}\n${text}` : text);
  }

  has(conversationId: string): boolean {
    return (['public', 'private', 'note'] as const).some((mode) => this.get(conversationId, mode).trim() !== '');
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private kept(key: string): string {
    try {
      return this.store?.getItem(key) ?? '';
    } catch {
      return '';
    }
  }
}

/** The browser's own storage, or null where it is forbidden. */
export function browserStore(): KeyValueStore | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}

export const drafts = new Drafts(browserStore());
