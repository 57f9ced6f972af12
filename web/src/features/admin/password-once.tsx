import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CopyField } from '../../ui/copy-field';

/** A password made for somebody, which is never shown again. */
export function PasswordOnce({ password, onDone }: { password: string; onDone: () => void }) {
  const t = useText();
  return (
    <div className="flex flex-col gap-4">
      <CopyField label={t('login.password')} value={password} help={t('team.password_once')} />
      <Button tone="brand" className="self-end" onPress={onDone}>
        {t('common.done')}
      </Button>
    </div>
  );
}
