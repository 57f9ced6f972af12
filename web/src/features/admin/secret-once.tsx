import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CopyField } from '../../ui/copy-field';

/** A signing secret, which is never shown again. */
export function SecretOnce({ secret, onDone }: { secret: string; onDone: () => void }) {
  const t = useText();
  return (
    <div className="flex flex-col gap-4">
      <CopyField label={t('webhooks.secret')} value={secret} help={t('webhooks.secret_once')} />
      <Button tone="brand" className="self-end" onPress={onDone}>
        {t('common.done')}
      </Button>
    </div>
  );
}
