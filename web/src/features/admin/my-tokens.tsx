import { AdminTexts } from '../../i18n/admin-texts';
import { useText } from '../../i18n/use-text';
import { Section } from './form-parts';
import { AddToken } from './token-dialogs';
import { TokensTable } from './tokens-table';

/** One's own tokens, on one's own page. */
export function MyTokens() {
  return (
    <AdminTexts>
      <Mine />
    </AdminTexts>
  );
}

function Mine() {
  const t = useText();
  return (
    <Section title={t('tokens.mine')} hint={t('tokens.mine_hint')} actions={<AddToken />}>
      <TokensTable of="mine" />
    </Section>
  );
}
