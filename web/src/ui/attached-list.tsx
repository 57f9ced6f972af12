import { RotateCw, X } from 'lucide-react';
import { dropUpload, retryUpload } from '../api/uploads';
import { useText } from '../i18n/use-text';
import type { AttachedFile } from '../lib/attachments';
import { isolate } from '../lib/text';
import { IconButton } from './button';
import { classes } from './classes';
import { FileIcon } from './file-icon';
import { useFileSize } from './file-size';
import { refusalText } from './refusal';

/** The files that go with the reply: how far each is, and the way to take it off again. */
export function AttachedList({ files }: { files: readonly AttachedFile[] }) {
  const t = useText();
  const size = useFileSize();
  if (files.length === 0) return null;
  return (
    <ul aria-label={t('attach.list')} className="flex flex-wrap gap-2 border-t border-line bg-surface px-3 py-2">
      {files.map((file) => {
        const { key, kind, name, sizeBytes, state, progress, problem } = file;
        const percent = Math.round(progress * 100);
        return (
          <li
            key={key}
            className={classes(
              'relative flex max-w-full min-w-40 items-center gap-2 overflow-hidden rounded-md border bg-raised ps-2 text-sm',
              state === 'failed' ? 'border-danger' : 'border-line',
            )}
          >
            <FileIcon kind={kind} />
            <span className="min-w-0 flex-1 py-1 leading-snug">
              <span className="block max-w-56 truncate">
                <bdi>{name}</bdi>
              </span>
              {state === 'failed' ? (
                <span role="alert" className="block max-w-56 text-xs text-danger">
                  <bdi>{refusalText(problem, t)}</bdi>
                </span>
              ) : (
                <span className="block text-xs text-muted">{size(sizeBytes)}</span>
              )}
            </span>
            {state === 'failed' && (
              <IconButton
                size="small"
                label={t('attach.again', { name: isolate(name) })}
                icon={<RotateCw size={14} />}
                onPress={() => retryUpload(file)}
              />
            )}
            <IconButton
              size="small"
              label={t('attach.remove', { name: isolate(name) })}
              icon={<X size={15} />}
              onPress={() => dropUpload(file)}
            />
            {state === 'uploading' && (
              <span
                role="progressbar"
                aria-label={t('attach.uploading', { name: isolate(name) })}
                aria-valuenow={percent}
                aria-valuemin={0}
                aria-valuemax={100}
                className="absolute inset-x-0 bottom-0 h-0.5 bg-line"
              >
                <span className="block h-full bg-brand transition-[width]" style={{ width: `${percent}%` }} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
