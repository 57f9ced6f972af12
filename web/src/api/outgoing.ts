import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { attached } from '../lib/attachments';
import { browserStore, drafts } from '../lib/drafts';
import { OutgoingBox, type Outgoing } from '../lib/outgoing';
import { ApiError } from './client';
import { keys } from './keys';
import { addMessage, sendOutgoing } from './messages';
import type { Message } from './types';

const box = new OutgoingBox(browserStore());

/** What was written goes back to where it was written; a template's reading is no text of the writer's. */
function giveBack(entry: Outgoing): void {
  if (!entry.template) drafts.add(entry.conversationId, entry.mode, entry.text);
  attached.giveBack(entry.conversationId, entry.files ?? []);
}

/** Newer messages of a conversation that the writer had not seen: they hold the reply back once. */
export const newerOf = (entry: Outgoing): Message[] => (entry.newer ?? []) as Message[];

/** What was written here and is not confirmed yet, oldest first. */
export function useOutgoing(conversationId: string): Outgoing[] {
  return useSyncExternalStore(box.subscribe, box.all).filter((entry) => entry.conversationId === conversationId);
}

/** Sends, sends again, or takes back. A refusal keeps the text: beside the message, or in the draft. */
export function useSending() {
  const client = useQueryClient();

  const deliver = useCallback(
    async (entry: Outgoing): Promise<void> => {
      box.update(entry.key, { state: 'sending', problem: null });
      try {
        addMessage(client, await sendOutgoing(entry));
        box.remove(entry.key);
      } catch (error) {
        if (!(error instanceof ApiError)) {
          box.update(entry.key, { state: 'failed', problem: 'unexpected' });
          throw error;
        }
        if (error.code === 'stale_reply') {
          giveBack(entry);
          box.update(entry.key, {
            state: 'stale',
            newer: Array.isArray(error.details.newer) ? error.details.newer : [],
          });
        } else {
          box.update(entry.key, {
            state: 'failed',
            problem: error.code,
            problemText: error.message,
            problemWords: error.words,
          });
        }
      }
      void client.invalidateQueries({ queryKey: keys.messages(entry.conversationId) });
    },
    [client],
  );

  const send = useCallback(
    (entry: Omit<Outgoing, 'key' | 'state' | 'problem' | 'writtenAt'>) => {
      const outgoing: Outgoing = {
        ...entry,
        key: crypto.randomUUID(),
        state: 'sending',
        problem: null,
        writtenAt: Date.now(),
      };
      box.add(outgoing);
      void deliver(outgoing);
    },
    [deliver],
  );

  const takeBack = useCallback((entry: Outgoing) => {
    box.remove(entry.key);
    giveBack(entry);
  }, []);

  const forget = useCallback((entry: Outgoing) => box.remove(entry.key), []);

  return { send, retry: (entry: Outgoing) => void deliver(entry), takeBack, forget };
}
