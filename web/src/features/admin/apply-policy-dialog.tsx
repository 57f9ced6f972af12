import { useEffect } from 'react';
import { usePreview, type PolicyInput, type useSavePolicy } from '../../api/admin/sla';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Skeleton } from '../../ui/states';
import { Problem } from '../../ui/problem';
import { PreviewFacts } from './preview-facts';

/** Shows what a change of a policy would move, and asks whether clocks that run are to follow it. */
export function ApplyPolicyDialog({
  id,
  draft,
  save,
  onClose,
  onDone,
}: {
  id: string;
  draft: PolicyInput;
  save: ReturnType<typeof useSavePolicy>;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useText();
  const preview = usePreview();
  const { mutate } = preview;
  useEffect(() => mutate({ policyId: id, policy: draft }), [mutate, id, draft]);
  const apply = (applyToOpen: boolean) =>
    save.mutate({ ...draft, id, applyToOpen }, { onSuccess: onDone, onError: onClose });
  return (
    <Dialog title={t('sla_policy.apply')} isOpen onClose={onClose} wide>
      <div className="flex flex-col gap-4">
        <p className="text-muted">{t('sla_policy.apply_hint')}</p>
        {preview.isPending && <Skeleton rows={2} height="h-6" />}
        {preview.data && <PreviewFacts preview={preview.data} />}
        <Problem error={preview.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button onPress={() => apply(false)} isDisabled={save.isPending}>
            {t('sla_policy.apply_new')}
          </Button>
          <Button tone="brand" onPress={() => apply(true)} isDisabled={save.isPending || !preview.data}>
            {t('sla_policy.apply_all')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
