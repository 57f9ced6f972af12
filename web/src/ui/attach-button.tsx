import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import { useText } from '../i18n/use-text';
import { IconButton } from './button';

const TYPES: Record<string, string> = { image: 'image/*', video: 'video/*', audio: 'audio/*' };

/** Chooses files; the dialog of the system already leaves out kinds that cannot go. */
export function AttachButton({
  kinds,
  isDisabled,
  onChoose,
}: {
  kinds: readonly string[];
  isDisabled: boolean;
  onChoose: (files: Iterable<File>) => void;
}) {
  const t = useText();
  const input = useRef<HTMLInputElement>(null);
  const accept = kinds.includes('file')
    ? undefined
    : kinds
        .map((kind) => TYPES[kind])
        .filter(Boolean)
        .join(',');
  return (
    <>
      <IconButton
        size="small"
        label={t('attach.add')}
        icon={<Paperclip size={17} />}
        isDisabled={isDisabled}
        onPress={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={accept}
        aria-label={t('attach.add')}
        onChange={(event) => {
          onChoose([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}
