import { useCallback, useState, useSyncExternalStore, type ClipboardEvent, type DragEvent } from 'react';
import { startUpload } from '../api/uploads';
import { useText } from '../i18n/use-text';
import { attached, refuseFile, type AttachedFile } from '../lib/attachments';
import { isolate } from '../lib/text';
import { useFileSize } from './file-size';
import { kindName } from './kind-name';
import { useTell } from './toasts';

/** As many as one reply takes. */
const AT_MOST = 10;

export interface Attaching {
  files: AttachedFile[];
  /** A file hangs over the box. */
  dragging: boolean;
  add: (files: Iterable<File>) => void;
  /** For the box files are dropped on and pasted into. */
  box: {
    onPaste?: (event: ClipboardEvent) => void;
    onDragOver?: (event: DragEvent) => void;
    onDragLeave?: () => void;
    onDrop?: (event: DragEvent) => void;
  };
}

/** Files beside a draft. What the network would refuse is refused here, before it is uploaded. */
export function useAttaching(
  conversationId: string,
  allowed: readonly { kind: string; maxBytes: number }[],
): Attaching {
  const t = useText();
  const tell = useTell();
  const size = useFileSize();
  const files = useSyncExternalStore(attached.subscribe, attached.all).filter(
    (file) => file.conversationId === conversationId,
  );
  const [dragging, setDragging] = useState(false);
  const count = files.length;
  const add = useCallback(
    (chosen: Iterable<File>) => {
      let room = AT_MOST - count;
      for (const file of chosen) {
        const name = isolate(file.name);
        const refusal = refuseFile(file, allowed);
        if (refusal?.why === 'kind')
          tell.error(
            t('attach.refused.kind', {
              name,
              kind: kindName(refusal.kind, t),
              kinds: [...new Set(allowed.map(({ kind }) => kindName(kind, t)))].join(t('common.comma')),
            }),
          );
        else if (refusal?.why === 'size')
          tell.error(t('attach.refused.size', { name, size: size(file.size), limit: size(refusal.maxBytes) }));
        else if (refusal) tell.error(t('attach.refused.empty', { name }));
        else if (room <= 0) tell.error(t('attach.refused.many', { count: AT_MOST }));
        else {
          room -= 1;
          startUpload(conversationId, file);
        }
      }
    },
    [allowed, conversationId, count, size, t, tell],
  );
  if (allowed.length === 0) return { files: [], dragging: false, add, box: {} };
  return {
    files,
    dragging,
    add,
    box: {
      onPaste: (event) => {
        if (event.clipboardData.files.length === 0) return;
        event.preventDefault();
        add(event.clipboardData.files);
      },
      onDragOver: (event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setDragging(true);
      },
      onDragLeave: () => setDragging(false),
      onDrop: (event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        setDragging(false);
        add(event.dataTransfer.files);
      },
    },
  };
}
