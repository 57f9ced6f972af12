import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import {
  ruleQuery,
  useRemoveRule,
  useSaveRule,
  useTryRule,
  type OpenRule,
  type RuleInput,
} from '../../api/admin/rules';
import { ApiError } from '../../api/client';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField, TextField } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { ActionsEditor } from './actions-editor';
import { ConditionsEditor } from './conditions-editor';
import { Card, ConfirmDialog, Section } from './form-parts';
import { Receipts, Suspensions } from './rule-receipts';
import { RuleTrial } from './rule-trial';
import { conditionOf, groupOf } from './rule-tree';
import { useRuleNames } from './use-rule-names';
import { WhenEditor } from './when-editor';

const NEW: RuleInput = { name: '', enabled: true, when: [], conditions: { all: [] }, actions: [] };

export function RulePage() {
  const { id } = useParams({ from: '/signed-in/admin/rules/$id' });
  const query = useQuery({ ...ruleQuery(id), enabled: id !== 'new' });
  if (id === 'new') return <RuleForm key="new" initial={NEW} />;
  return (
    <Loaded query={query}>
      {(rule) => (
        <>
          <RuleForm key={`${rule.id} ${rule.version}`} rule={rule} initial={inputOf(rule)} />
          <Suspensions rule={rule} />
          <Receipts ruleId={rule.id} />
        </>
      )}
    </Loaded>
  );
}

const inputOf = ({ name, enabled, when, conditions, actions }: OpenRule): RuleInput => ({
  name,
  enabled,
  when,
  conditions,
  actions,
});

function RuleForm({ rule, initial }: { rule?: OpenRule; initial: RuleInput }) {
  const t = useText();
  const tell = useTell();
  const navigate = useNavigate();
  const names = useRuleNames();
  const [draft, setDraft] = useState(initial);
  const [removing, setRemoving] = useState(false);
  const save = useSaveRule();
  const remove = useRemoveRule();
  const trial = useTryRule();
  const set = (change: Partial<RuleInput>) => setDraft({ ...draft, ...change });
  const group = groupOf(draft.conditions);
  const toList = () => void navigate({ to: '/admin/rules' });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(
      { ...draft, id: rule?.id, version: rule?.version },
      {
        onSuccess: () => {
          tell.info(t('admin.saved'));
          toList();
        },
      },
    );
  }
  return (
    <>
      <Link to="/admin/rules" className="inline-flex items-center gap-1 self-start text-sm text-brand">
        <ChevronLeft size={15} aria-hidden className="icon-directional" />
        {t('rules.all')}
      </Link>
      <PageHead title={rule ? rule.name : t('rules.add')} hint={t('rules.form_hint')} />
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Card>
          <TextField
            label={t('sla_policy.name')}
            required
            maxLength={200}
            dir="auto"
            value={draft.name}
            onChange={({ target }) => set({ name: target.value })}
          />
          <CheckField
            label={t('rules.in_use')}
            checked={draft.enabled}
            onChange={({ target }) => set({ enabled: target.checked })}
          />
        </Card>
        <Section title={t('rules.when')}>
          <Card>
            <WhenEditor value={draft.when} onChange={(when) => set({ when })} />
          </Card>
        </Section>
        <Section title={t('rules.if')}>
          <Card>
            {group ? (
              <ConditionsEditor
                value={group}
                names={names}
                onChange={(next) => set({ conditions: conditionOf(next) })}
              />
            ) : (
              <>
                <p>{t('rules.too_deep')}</p>
                <pre dir="ltr" tabIndex={0} className="overflow-auto rounded-md bg-raised p-3 text-start text-xs">
                  {JSON.stringify(draft.conditions, null, 2)}
                </pre>
              </>
            )}
          </Card>
        </Section>
        <Section title={t('rules.then')}>
          <Card>
            <ActionsEditor place="rule" value={draft.actions} names={names} onChange={(actions) => set({ actions })} />
          </Card>
        </Section>
        <Refused error={save.error ?? trial.error} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" tone="brand" isDisabled={save.isPending}>
            {t('common.save')}
          </Button>
          <Button onPress={() => trial.mutate(draft)} isDisabled={trial.isPending}>
            {t(trial.isPending ? 'rules.trying' : 'rules.try')}
          </Button>
          {rule && (
            <Button tone="danger" className="ms-auto" onPress={() => setRemoving(true)}>
              {t('rules.remove')}
            </Button>
          )}
        </div>
      </form>
      {trial.data && <RuleTrial result={trial.data} />}
      {removing && rule && (
        <ConfirmDialog
          title={t('rules.remove')}
          confirm={t('rules.remove')}
          error={remove.error}
          isPending={remove.isPending}
          onCancel={() => setRemoving(false)}
          onConfirm={() => remove.mutate(rule.id, { onSuccess: toList })}
        >
          {t('rules.remove_warning')}
        </ConfirmDialog>
      )}
    </>
  );
}

const PARTS = { when: 'rules.when', conditions: 'rules.if', actions: 'rules.then' } as const;

/** Why it was refused: each place by the part of the rule and which one of it. */
function Refused({ error }: { error: unknown }) {
  const t = useText();
  const { formats } = useLanguage();
  if (!(error instanceof ApiError) || error.fields.length === 0) return <Problem error={error} />;
  const placeOf = (path: string) => {
    const [part = '', ...rest] = path.split('.');
    const at = rest.find((step) => /^\d+$/.test(step));
    const name = Object.hasOwn(PARTS, part) ? t(PARTS[part as keyof typeof PARTS]) : part;
    return at === undefined ? name : `${name} ${formats.number(Number(at) + 1)}`;
  };
  return (
    <Problem error={error}>
      <ul>
        {error.fields.map(({ path }) => (
          <li key={path}>
            {placeOf(path)}: <bdi>{problemOf(error, path)}</bdi>
          </li>
        ))}
      </ul>
    </Problem>
  );
}
