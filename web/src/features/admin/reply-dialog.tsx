import { useState, type SubmitEvent } from 'react';
import { useRemoveReply, useSaveReply, type CannedReply, type ReplyInput } from '../../api/admin/macros';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { FormEnd } from './form-parts';
import { TextsFields } from './texts-fields';
import { WhoseFields } from './whose-fields';

const NEW: ReplyInput = { shortcut: '', title: '', scope: 'everybody', teamId: null, texts: {} };

const inputOf = ({ shortcut, title, scope, teamId, texts }: CannedReply): ReplyInput => ({
  shortcut,
  title,
  scope,
  teamId,
  texts,
});

/** A ready answer, in Persian and English. */
export function ReplyDialog({
  reply,
  onClose,
  onReload,
}: {
  reply: CannedReply | null;
  onClose: () => void;
  onReload: () => void;
}) {
  const t = useText();
  const save = useSaveReply();
  const remove = useRemoveReply();
  const [draft, setDraft] = useState(() => (reply ? inputOf(reply) : NEW));
  const set = (change: Partial<ReplyInput>) => setDraft({ ...draft, ...change });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate({ ...draft, id: reply?.id, version: reply?.version }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t(reply ? 'macros.edit_reply' : 'macros.add_reply')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-[10rem_1fr]">
          <TextField
            label={t('macros.shortcut')}
            help={t('macros.shortcut_help')}
            required
            maxLength={40}
            dir="auto"
            value={draft.shortcut}
            onChange={({ target }) => set({ shortcut: target.value })}
            problem={problemOf(save.error, 'shortcut')}
          />
          <TextField
            label={t('macros.title')}
            required
            maxLength={200}
            dir="auto"
            value={draft.title}
            onChange={({ target }) => set({ title: target.value })}
            problem={problemOf(save.error, 'title')}
          />
        </div>
        <TextsFields
          value={draft.texts}
          required
          problemOf={(path) => problemOf(save.error, path)}
          onChange={(texts) => set({ texts })}
        />
        <WhoseFields scope={draft.scope} teamId={draft.teamId} onChange={set} />
        <FormEnd error={save.error ?? remove.error} isPending={save.isPending} onCancel={onClose} onReload={onReload}>
          {reply && (
            <Button
              tone="danger"
              className="me-auto"
              isDisabled={remove.isPending}
              onPress={() => remove.mutate(reply.id, { onSuccess: onClose })}
            >
              {t('macros.remove_reply')}
            </Button>
          )}
        </FormEnd>
      </form>
    </Dialog>
  );
}
