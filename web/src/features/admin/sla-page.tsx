import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { policiesQuery, type Targets } from '../../api/admin/sla';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Loaded, PageHead, Table } from '../../ui/page';
import { ConditionsText } from './conditions-fields';
import { DryRunBox } from './dry-run-box';
import { Section, useDuration } from './form-parts';

export function SlaPage() {
  const t = useText();
  const { formats } = useLanguage();
  const navigate = useNavigate();
  const query = useQuery(policiesQuery);
  return (
    <>
      <PageHead
        title={t('admin.sla')}
        hint={t('sla_policy.hint')}
        actions={
          <Button tone="brand" onPress={() => void navigate({ to: '/admin/sla/$id', params: { id: 'new' } })}>
            <Plus size={16} aria-hidden />
            {t('sla_policy.add')}
          </Button>
        }
      />
      <Loaded query={query}>
        {(policies) => (
          <Table
            label={t('admin.sla')}
            items={policies}
            keyOf={({ id }) => id}
            empty={t('sla_policy.empty')}
            columns={[
              { title: t('sla_policy.rank'), cell: ({ rank }) => formats.number(rank) },
              {
                title: t('sla_policy.name'),
                cell: ({ id, name, hours }) => (
                  <>
                    <Link to="/admin/sla/$id" params={{ id }} className="font-medium text-brand underline">
                      <bdi>{name}</bdi>
                    </Link>
                    <span className="block text-xs text-muted">{t(`sla_policy.hours.${hours}`)}</span>
                  </>
                ),
              },
              { title: t('sla_policy.conditions'), cell: ({ conditions }) => <ConditionsText value={conditions} /> },
              {
                title: t('clock.first_response'),
                cell: ({ firstResponseMs }) => <NormalTarget targets={firstResponseMs} />,
              },
              { title: t('clock.resolution'), cell: ({ resolutionMs }) => <NormalTarget targets={resolutionMs} /> },
            ]}
          />
        )}
      </Loaded>
      <Section title={t('dry_run.title')} hint={t('dry_run.hint')}>
        <DryRunBox />
      </Section>
    </>
  );
}

function NormalTarget({ targets }: { targets: Targets }) {
  const t = useText();
  const duration = useDuration();
  const { normal, urgent } = targets;
  if (normal === null && urgent === null) return <span className="text-muted">{t('sla_policy.no_clock')}</span>;
  return (
    <span className="whitespace-nowrap">
      {normal !== null && duration(normal)}
      {urgent !== null && (
        <span className="block text-xs text-muted">{t('sla_policy.urgent', { time: duration(urgent) })}</span>
      )}
    </span>
  );
}
