import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, Plus } from 'lucide-react';
import { rulesQuery, useOrderRules, useSaveRule, type Rule } from '../../api/admin/rules';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button, IconButton } from '../../ui/button';
import { Loaded, PageHead, Table } from '../../ui/page';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { ActionsText } from './actions-editor';
import { eventName } from './when-editor';

export function RulesPage() {
  const t = useText();
  const navigate = useNavigate();
  const query = useQuery(rulesQuery);
  return (
    <>
      <PageHead
        title={t('admin.rules')}
        hint={t('rules.hint')}
        actions={
          <Button tone="brand" onPress={() => void navigate({ to: '/admin/rules/$id', params: { id: 'new' } })}>
            <Plus size={16} aria-hidden />
            {t('rules.add')}
          </Button>
        }
      />
      <Loaded query={query}>{(rules) => <RulesTable rules={rules} />}</Loaded>
    </>
  );
}

function RulesTable({ rules }: { rules: Rule[] }) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const order = useOrderRules();
  const save = useSaveRule();
  const fail = (error: unknown) => tell.error(refusalText(error, t));
  const move = (index: number, by: 1 | -1) => {
    const ids = rules.map(({ id }) => id);
    const [moved] = ids.splice(index, 1);
    if (moved) ids.splice(index + by, 0, moved);
    order.mutate(ids, { onError: fail });
  };
  const turn = ({ id, version, name, when, conditions, actions, enabled }: Rule) =>
    save.mutate({ id, version, name, when, conditions, actions, enabled: !enabled }, { onError: fail });
  const isBusy = order.isPending || save.isPending;
  return (
    <Table
      label={t('admin.rules')}
      items={rules}
      keyOf={({ id }) => id}
      empty={t('rules.empty')}
      columns={[
        {
          title: t('sla_policy.rank'),
          cell: (rule) => {
            const index = rules.indexOf(rule);
            return (
              <span className="flex items-center gap-1">
                <span className="timer w-5">{formats.number(index + 1)}</span>
                <IconButton
                  size="small"
                  label={t('rules.earlier', { name: rule.name })}
                  icon={<ArrowUp size={15} />}
                  isDisabled={index === 0 || isBusy}
                  onPress={() => move(index, -1)}
                />
                <IconButton
                  size="small"
                  label={t('rules.later', { name: rule.name })}
                  icon={<ArrowDown size={15} />}
                  isDisabled={index === rules.length - 1 || isBusy}
                  onPress={() => move(index, 1)}
                />
              </span>
            );
          },
        },
        {
          title: t('sla_policy.name'),
          cell: ({ id, name }) => (
            <Link to="/admin/rules/$id" params={{ id }} className="font-medium text-brand underline">
              <bdi>{name}</bdi>
            </Link>
          ),
        },
        {
          title: t('rules.when'),
          cell: ({ when }) => when.map(({ on }) => eventName(on, t)).join(t('common.comma')),
        },
        { title: t('rules.then'), cell: ({ actions }) => <ActionsText actions={actions} /> },
        {
          title: t('rules.in_use'),
          cell: (rule) => (
            <label className="flex items-center gap-2 whitespace-nowrap">
              <input
                type="checkbox"
                role="switch"
                className="size-4 accent-brand"
                checked={rule.enabled}
                disabled={isBusy}
                onChange={() => turn(rule)}
                aria-label={t('rules.switch', { name: rule.name })}
              />
              <span aria-hidden>{t(rule.enabled ? 'rules.on' : 'rules.off')}</span>
            </label>
          ),
        },
      ]}
    />
  );
}
