import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { macrosQuery, repliesQuery, type CannedReply, type Macro } from '../../api/admin/macros';
import { teamsQuery } from '../../api/people';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Loaded, PageHead, Table } from '../../ui/page';
import { Ltr, PreviewText } from '../../ui/rich-text';
import { ActionsText } from './actions-editor';
import { Section } from './form-parts';
import { MacroDialog } from './macro-dialog';
import { ReplyDialog } from './reply-dialog';

/** The same one as the server has it now; null when it is gone. */
const newer = <T extends { id: string }>(opened: T | 'new', list: readonly T[] = []): T | null =>
  opened === 'new' ? null : (list.find(({ id }) => id === opened.id) ?? null);

export function MacrosPage() {
  const t = useText();
  const { locale, formats } = useLanguage();
  const macros = useQuery(macrosQuery);
  const replies = useQuery(repliesQuery);
  const teams = useQuery(teamsQuery).data ?? [];
  const [macro, setMacro] = useState<Macro | 'new' | null>(null);
  const [reply, setReply] = useState<CannedReply | 'new' | null>(null);
  const whose = ({ scope, teamId }: Pick<Macro, 'scope' | 'teamId'>) =>
    scope === 'team' ? teams.find(({ id }) => id === teamId)?.name : t(`macros.scope.${scope}`);
  const edit = (name: string, open: () => void) => (
    <Button size="small" aria-label={t('calendars.edit_named', { name })} onPress={open}>
      {t('common.edit')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('admin.macros')} hint={t('macros.hint')} />
      <Section
        title={t('macros.replies')}
        hint={t('macros.replies_hint')}
        actions={
          <Button tone="brand" onPress={() => setReply('new')}>
            <Plus size={16} aria-hidden />
            {t('macros.add_reply')}
          </Button>
        }
      >
        <Loaded query={replies}>
          {(items) => (
            <Table
              label={t('macros.replies')}
              items={items}
              keyOf={({ id }) => id}
              empty={t('macros.no_replies')}
              columns={[
                { title: t('macros.shortcut'), cell: ({ shortcut }) => <Ltr>{`/${shortcut}`}</Ltr> },
                {
                  title: t('macros.title'),
                  cell: ({ title, texts }) => (
                    <div className="max-w-md">
                      <p className="font-medium">
                        <bdi>{title}</bdi>
                      </p>
                      <p className="flex text-xs text-muted">
                        <PreviewText text={texts[locale] ?? texts.fa ?? texts.en ?? ''} />
                      </p>
                    </div>
                  ),
                },
                { title: t('macros.languages'), cell: ({ texts }) => <Languages texts={texts} /> },
                { title: t('macros.whose'), cell: (item) => <bdi>{whose(item)}</bdi> },
                { title: t('macros.used'), cell: ({ usedCount }) => formats.number(usedCount) },
                { title: t('common.actions'), cell: (item) => edit(item.title, () => setReply(item)) },
              ]}
            />
          )}
        </Loaded>
      </Section>
      <Section
        title={t('macros.macros')}
        hint={t('macros.macros_hint')}
        actions={
          <Button onPress={() => setMacro('new')}>
            <Plus size={16} aria-hidden />
            {t('macros.add_macro')}
          </Button>
        }
      >
        <Loaded query={macros}>
          {(items) => (
            <Table
              label={t('macros.macros')}
              items={items}
              keyOf={({ id }) => id}
              empty={t('macros.no_macros')}
              columns={[
                { title: t('sla_policy.name'), cell: ({ name }) => <bdi className="font-medium">{name}</bdi> },
                { title: t('rules.then'), cell: ({ actions }) => <ActionsText actions={actions} /> },
                { title: t('macros.languages'), cell: ({ texts }) => <Languages texts={texts} /> },
                { title: t('macros.whose'), cell: (item) => <bdi>{whose(item)}</bdi> },
                { title: t('macros.used'), cell: ({ usedCount }) => formats.number(usedCount) },
                { title: t('common.actions'), cell: (item) => edit(item.name, () => setMacro(item)) },
              ]}
            />
          )}
        </Loaded>
      </Section>
      {macro && (
        <MacroDialog
          key={macro === 'new' ? macro : macro.version}
          macro={macro === 'new' ? null : macro}
          onClose={() => setMacro(null)}
          onReload={() => void macros.refetch().then(({ data }) => setMacro(newer(macro, data)))}
        />
      )}
      {reply && (
        <ReplyDialog
          key={reply === 'new' ? reply : reply.version}
          reply={reply === 'new' ? null : reply}
          onClose={() => setReply(null)}
          onReload={() => void replies.refetch().then(({ data }) => setReply(newer(reply, data)))}
        />
      )}
    </>
  );
}

function Languages({ texts }: { texts: { fa?: string; en?: string } }) {
  const t = useText();
  const names = [texts.fa && 'فارسی', texts.en && 'English'].filter(Boolean);
  return names.length > 0 ? names.join(t('common.comma')) : <span className="text-muted">–</span>;
}
