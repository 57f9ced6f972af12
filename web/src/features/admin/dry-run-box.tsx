import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useDryRun, type DryRun, type PolicyInput } from '../../api/admin/sla';
import { teamsQuery } from '../../api/people';
import { useSession } from '../../api/session';
import type { ChannelKind, Priority } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { dayIn, instantIn } from '../../lib/day';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { SelectField, TextField } from '../../ui/field';
import { Named } from './named-options';
import { CHANNEL_KINDS, PRIORITY_NAMES, THREAD_KINDS, type ConditionName } from './conditions-fields';
import { ClockField } from '../../ui/clock-field';
import { DayField } from '../../ui/day-field';
import { Problem } from '../../ui/problem';
import { Card } from './form-parts';
import { useBrandsInUse } from './use-brands-in-use';

const AFTERNOON = 17 * 60 + 50;

/** "If a comment arrived on Wednesday at 17:50 …": by which policy it would be due when, and why. */
export function DryRunBox({ draft }: { draft?: PolicyInput & { id?: string } }) {
  const t = useText();
  const { workspace } = useSession();
  const brands = useBrandsInUse();
  const teams = useQuery(teamsQuery).data ?? [];
  const run = useDryRun();
  const [day, setDay] = useState(() => dayIn(Date.now(), workspace.timeZone));

  const [clock, setClock] = useState(AFTERNOON);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    const optional = (name: string) => read(name) || undefined;
    run.mutate({
      channelKind: read('channelKind'),
      threadKind: read('threadKind') === 'comment' ? 'comment' : 'dm',
      priority: PRIORITY_NAMES.find((one) => one === read('priority')) ?? 'normal',
      brandId: optional('brandId'),
      teamId: optional('teamId'),
      language: optional('language'),
      tier: optional('tier'),
      tags: read('tags')
        .split(/[,،]/)
        .map((tag) => tag.trim())
        .filter(Boolean),
      arrivedAt: instantIn(day, clock, workspace.timeZone),
      ...(draft && { policy: draft }),
    });
  }

  return (
    <Card>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
          <SelectField label={t('filter.channel')} name="channelKind">
            {CHANNEL_KINDS.map((kind: ChannelKind) => (
              <option key={kind} value={kind}>
                {t(`channel.${kind}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('filter.kind')} name="threadKind" defaultValue="comment">
            {THREAD_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`kind.${kind}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('priority.label')} name="priority" defaultValue="normal">
            {PRIORITY_NAMES.map((priority: Priority) => (
              <option key={priority} value={priority}>
                {t(`priority.${priority}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('condition.brandIds')} name="brandId">
            <Named none={t('filter.any')} list={brands} />
          </SelectField>
          <SelectField label={t('condition.teamIds')} name="teamId">
            <Named none={t('filter.any')} list={teams} />
          </SelectField>
          <TextField label={t('condition.languages')} name="language" dir="ltr" maxLength={20} />
          <TextField label={t('condition.tiers')} name="tier" dir="auto" maxLength={60} />
          <TextField label={t('condition.tags')} name="tags" dir="auto" />
        </div>
        <div className="grid items-start gap-4 sm:grid-cols-[20rem_8rem_1fr]">
          <DayField label={t('dry_run.day')} value={day} onChange={setDay} />
          <ClockField label={t('dry_run.clock')} value={clock} onChange={(at) => setClock(at ?? clock)} />
          <Button type="submit" tone="brand" isDisabled={run.isPending} className="sm:mt-7 sm:justify-self-end">
            {t('dry_run.run')}
          </Button>
        </div>
        <Problem error={run.error} />
      </form>
      {run.data && <Found result={run.data} />}
    </Card>
  );
}

function Found({ result: { policy, others, clocks } }: { result: DryRun }) {
  const t = useText();
  const { locale, formats } = useLanguage();
  const passed = others.filter(({ asked, unmet }) => asked && unmet.length > 0);
  return (
    <div role="status" className="flex flex-col gap-3 border-t border-line pt-4">
      <p>
        {t('dry_run.policy')} <bdi className="font-semibold">{policy.name}</bdi>
      </p>
      {clocks.length === 0 && <p className="text-muted">{t('sla_policy.no_clock')}</p>}
      <ul className="flex flex-col gap-3">
        {clocks.map(({ id, kind, dueAt, text, steps }) => (
          <li key={id} className="rounded-md bg-raised p-3">
            <p className="font-semibold">
              {t(`clock.${kind}`)}
              {dueAt && <span className="ms-2 font-normal text-muted">{formats.dateTime(dueAt)}</span>}
            </p>
            <p lang={locale}>{text[locale]}</p>
            {steps.length > 0 && (
              <ul className="mt-1 text-xs text-muted">
                {steps.map(({ step, dueAt: at }) => (
                  <li key={step}>
                    <StepName step={step} /> {formats.dateTime(at)}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {passed.length > 0 && (
        <details>
          <summary className="text-sm text-muted">{t('dry_run.others')}</summary>
          <ul className="mt-1 flex flex-col gap-0.5 text-sm">
            {passed.map(({ id, name, unmet }) => (
              <li key={id ?? name}>
                <bdi>{name}</bdi>:{' '}
                {t('dry_run.unmet', {
                  what: unmet.map((one: ConditionName) => t(`condition.${one}`)).join(t('common.comma')),
                })}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** "warning:75" and "escalation:3600000" in words. */
function StepName({ step }: { step: string }) {
  const t = useText();
  const { formats } = useLanguage();
  const [kind, value = '0'] = step.split(':');
  return kind === 'warning'
    ? t('dry_run.warning', { percent: formats.percent(Number(value) / 100) })
    : t('dry_run.escalation');
}
