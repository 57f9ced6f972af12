import { useQuery } from '@tanstack/react-query';
import { UserPlus, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { agentsQuery, teamsQuery } from '../../api/people';
import type { Agent, Team } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { PresenceDot } from '../../ui/presence-dot';
import { Ltr } from '../../ui/rich-text';
import { AddAgentDialog } from './add-agent-dialog';
import { AddTeamDialog } from './add-team-dialog';
import { Loaded, PageHead, Table } from '../../ui/page';

const teamNames = (agent: Agent, teams: readonly Team[]) =>
  teams.filter(({ id }) => agent.teamIds.includes(id)).map(({ name }) => name);

export function TeamPage() {
  const t = useText();
  const { formats } = useLanguage();
  const agents = useQuery(agentsQuery);
  const teams = useQuery(teamsQuery);
  const [adding, setAdding] = useState<'agent' | 'team' | null>(null);
  const close = () => setAdding(null);
  return (
    <>
      <PageHead
        title={t('admin.team')}
        hint={t('team.hint')}
        actions={
          <>
            <Button onPress={() => setAdding('team')}>
              <UsersRound size={16} aria-hidden />
              {t('team.add_team')}
            </Button>
            <Button tone="brand" onPress={() => setAdding('agent')}>
              <UserPlus size={16} aria-hidden />
              {t('team.add_agent')}
            </Button>
          </>
        }
      />
      <Loaded query={agents}>
        {(list) => (
          <Table
            label={t('team.agents')}
            items={list}
            keyOf={({ id }) => id}
            empty={t('team.empty')}
            columns={[
              {
                title: t('team.name'),
                cell: ({ name, email }) => (
                  <>
                    <bdi className="font-medium">{name}</bdi>
                    {email && (
                      <span className="block text-xs text-muted">
                        <Ltr>{email}</Ltr>
                      </span>
                    )}
                  </>
                ),
              },
              { title: t('team.role'), cell: ({ role }) => t(`role.${role}`) },
              {
                title: t('presence.label'),
                cell: ({ presence }) => (
                  <span className="flex items-center gap-1.5 whitespace-nowrap">
                    <PresenceDot state={presence} />
                    {t(`presence.${presence}`)}
                  </span>
                ),
              },
              {
                title: t('team.load'),
                cell: ({ load, capacity }) =>
                  t('assign.load', { load: formats.number(load), capacity: formats.number(capacity) }),
              },
              {
                title: t('team.teams'),
                cell: (agent) => <bdi>{teamNames(agent, teams.data ?? []).join(t('common.comma'))}</bdi>,
              },
            ]}
          />
        )}
      </Loaded>
      <h2 className="text-base font-bold">{t('team.teams')}</h2>
      <Loaded query={teams}>
        {(list) => (
          <Table
            label={t('team.teams')}
            items={list}
            keyOf={({ id }) => id}
            empty={t('team.no_teams')}
            columns={[
              { title: t('team.name'), cell: ({ name }) => <bdi className="font-medium">{name}</bdi> },
              {
                title: t('team.members'),
                cell: ({ id }) =>
                  formats.number((agents.data ?? []).filter(({ teamIds }) => teamIds.includes(id)).length),
              },
              {
                title: t('team.assignment'),
                cell: ({ assignment }) => t(assignment === 'pull' ? 'team.assignment.pull' : 'team.assignment.push'),
              },
            ]}
          />
        )}
      </Loaded>
      {adding === 'agent' && <AddAgentDialog teams={teams.data ?? []} onClose={close} />}
      {adding === 'team' && <AddTeamDialog onClose={close} />}
    </>
  );
}
