import { useQuery } from '@tanstack/react-query';
import { Plus, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { queuesQuery, routingSettingsQuery, type QueueLine } from '../../api/admin/routing';
import { teamsQuery } from '../../api/people';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { Loaded, PageHead, Table } from '../../ui/page';
import { ConditionsText } from './conditions-fields';
import { Section } from './form-parts';
import { QueueDialog } from './queue-dialog';
import { RoutingSettingsForm } from './routing-settings-form';
import { SkillsText } from './skills-field';

export function QueuesPage() {
  const t = useText();
  const { formats } = useLanguage();
  const query = useQuery(queuesQuery);
  const settings = useQuery(routingSettingsQuery);
  const teams = useQuery(teamsQuery).data ?? [];
  const [edited, setEdited] = useState<QueueLine | 'new' | null>(null);
  const teamOf = ({ teamId }: QueueLine) => teams.find(({ id }) => id === teamId)?.name;
  return (
    <>
      <PageHead
        title={t('admin.queues')}
        hint={t('queues.hint')}
        actions={
          <Button tone="brand" onPress={() => setEdited('new')} isDisabled={teams.length === 0}>
            <Plus size={16} aria-hidden />
            {t('queues.add')}
          </Button>
        }
      />
      <Loaded query={query}>
        {({ items, capped }) => (
          <Table
            label={t('admin.queues')}
            items={items}
            keyOf={({ id, teamId }) => id ?? teamId ?? 'lobby'}
            empty={t('queues.empty')}
            columns={[
              {
                title: t('queues.name'),
                cell: (queue) => (
                  <>
                    <bdi className="font-medium">
                      {queue.teamId === null
                        ? t('queues.lobby')
                        : queue.id === null
                          ? t('queues.own', { team: isolate(teamOf(queue) ?? queue.name ?? '') })
                          : queue.name}
                    </bdi>
                    {queue.id !== null && (
                      <span className="block text-xs text-muted">
                        <bdi>{teamOf(queue)}</bdi>
                      </span>
                    )}
                  </>
                ),
              },
              { title: t('queues.takes'), cell: (queue) => <Takes queue={queue} /> },
              {
                title: t('queues.mode'),
                cell: ({ mode, acceptSeconds, open, turnsAt }) => (
                  <>
                    {t(`queues.mode.${mode}`)}
                    {!open && (
                      <span className="block text-xs text-warn">
                        {turnsAt ? t('queues.closed_until', { at: formats.dateTime(turnsAt) }) : t('queues.closed')}
                      </span>
                    )}
                    {acceptSeconds !== null && (
                      <span className="block text-xs text-muted">
                        {t('queues.accept_within', { count: acceptSeconds })}
                      </span>
                    )}
                  </>
                ),
              },
              { title: t('queues.needs'), cell: ({ needs }) => <SkillsText skills={needs} /> },
              {
                title: t('queues.waiting'),
                cell: ({ waiting, waitingSince, nobodyCan }) => (
                  <>
                    {waiting >= capped ? t('list.capped', { count: waiting }) : formats.number(waiting)}
                    {waitingSince && (
                      <span className="block text-xs whitespace-nowrap text-muted">
                        {formats.ago(waitingSince, serverNow())}
                      </span>
                    )}
                    {nobodyCan.map((needs) => (
                      <span key={JSON.stringify(needs)} className="flex items-center gap-1 text-xs text-danger">
                        <TriangleAlert size={13} aria-hidden />
                        {t('queues.nobody_can')} <SkillsText skills={needs} />
                      </span>
                    ))}
                  </>
                ),
              },
              {
                title: t('common.actions'),
                cell: (queue) =>
                  queue.id !== null && (
                    <Button size="small" onPress={() => setEdited(queue)}>
                      {t('common.edit')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <Section title={t('routing.title')} hint={t('routing.hint')}>
        <Loaded query={settings}>{(known) => <RoutingSettingsForm settings={known} />}</Loaded>
      </Section>
      {edited && <QueueDialog queue={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function Takes({ queue: { id, conditions } }: { queue: QueueLine }) {
  const t = useText();
  return id === null ? (
    <span className="text-muted">{t('queues.the_rest')}</span>
  ) : (
    <ConditionsText value={conditions} />
  );
}
