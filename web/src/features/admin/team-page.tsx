import { useQuery } from '@tanstack/react-query';
import { UserPlus, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { agentsQuery, teamsQuery } from '../../api/people';
import { useCan } from '../../api/session';
import type { Agent, Team } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { PresenceDot } from '../../ui/presence-dot';
import { Ltr } from '../../ui/rich-text';
import { AddAgentDialog } from './add-agent-dialog';
import { AddTeamDialog } from './add-team-dialog';
import { EditAgentDialog } from './edit-agent-dialog';
import { EditTeamDialog } from './edit-team-dialog';
import { Loaded, PageHead, Table } from '../../ui/page';

const teamNames = (agent: Agent, teams: readonly Team[]) =>
  teams.filter(({ id }) => agent.teamIds.includes(id)).map(({ name }) => name);

export function TeamPage() {
  const t = useText();
  const { formats } = useLanguage();
  const agents = useQuery(agentsQuery);
  const teams = useQuery(teamsQuery);
  const [adding, setAdding] = useState<'agent' | 'team' | null>(null);
  const [editing, setEditing] = useState<{ agent: Agent } | { team: Team } | null>(null);
  const can = useCan();
  const close = () => {
    setAdding(null);
    setEditing(null);
  };
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
                cell: ({ name, email, disabledAt }) => (
                  <>
                    <bdi className="font-medium">{name}</bdi>
                    {disabledAt && (
                      <span className="ms-2 rounded-full bg-raised px-2 text-xs text-muted">{t('team.out')}</span>
                    )}
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
              {
                title: t('common.actions'),
                cell: (agent) => (
                  <Button
                    size="small"
                    aria-label={t('team.edit', { name: isolate(agent.name) })}
                    onPress={() => setEditing({ agent })}
                  >
                    {t('common.edit')}
                  </Button>
                ),
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
              ...(can('teams.manage')
                ? [
                    {
                      title: t('common.actions'),
                      cell: (team: Team) => (
                        <Button
                          size="small"
                          aria-label={t('team.edit', { name: isolate(team.name) })}
                          onPress={() => setEditing({ team })}
                        >
                          {t('common.edit')}
                        </Button>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Loaded>
      {adding === 'agent' && <AddAgentDialog teams={teams.data ?? []} onClose={close} />}
      {adding === 'team' && <AddTeamDialog onClose={close} />}
      {editing && 'agent' in editing && (
        <EditAgentDialog agent={editing.agent} teams={teams.data ?? []} onClose={close} />
      )}
      {editing && 'team' in editing && <EditTeamDialog team={editing.team} onClose={close} />}
    </>
  );
}
