import { useText } from '../../i18n/use-text';
import { PageHead } from '../../ui/page';
import { Section } from './form-parts';
import { AddToken } from './token-dialogs';
import { TokensTable } from './tokens-table';

/** Which programs may act here, in whose name. */
export function TokensPage() {
  const t = useText();
  return (
    <>
      <PageHead title={t('admin.tokens')} hint={t('tokens.hint')} actions={<AddToken />} />
      <TokensTable of="everybody" />
      <Section title={t('tokens.mine')} hint={t('tokens.mine_hint')}>
        <TokensTable of="mine" />
      </Section>
    </>
  );
}
