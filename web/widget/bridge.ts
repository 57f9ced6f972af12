/** What the page's loader and the frame say to each other. Both check where a message came from before reading it. */
export interface PageUser {
  jwt?: string;
  identifier?: string;
  identifier_hash?: string;
  name?: string;
  email?: string;
  phone?: string;
}

export type ToFrame =
  | { pasokh: 'init'; locale: string | null; open: boolean; user: PageUser | null }
  | { pasokh: 'shown' }
  | { pasokh: 'hidden' }
  | { pasokh: 'user'; user: PageUser }
  | { pasokh: 'reset' };

export type FromFrame =
  | { pasokh: 'ready' }
  | { pasokh: 'look'; color: string; onColor: string; label: string }
  | { pasokh: 'unread'; count: number }
  | { pasokh: 'close' };
