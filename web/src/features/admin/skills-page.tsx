import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { fairnessQuery, skillsQuery, useSaveSkills, type SkillLevels } from '../../api/admin/routing';
import { agentsQuery } from '../../api/people';
import type { Agent } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Loaded, PageHead, Table } from '../../ui/page';
import { Skeleton } from '../../ui/states';
import { FormEnd, Section, useDuration } from './form-parts';
import { SkillsField, SkillsText } from './skills-field';

const DAY_MS = 86_400_000;
const SPANS = [1, 7, 30, 90] as const;

export function SkillsPage() {
  const t = useText();
  const query = useQuery(agentsQuery);
  const [edited, setEdited] = useState<Agent | null>(null);
  return (
    <>
      <PageHead title={t('admin.skills')} hint={t('skills.hint')} />
      <Loaded query={query}>
        {(agents) => (
          <Table
            label={t('skills.title')}
            items={agents}
            keyOf={({ id }) => id}
            empty={t('skills.empty')}
            columns={[
              { title: t('skills.agent'), cell: ({ name }) => <bdi className="font-medium">{name}</bdi> },
              { title: t('skills.title'), cell: ({ id }) => <SkillsOf agentId={id} /> },
              {
                title: t('common.actions'),
                cell: (agent) => (
                  <Button
                    size="small"
                    aria-label={t('skills.edit_of', { name: isolate(agent.name) })}
                    onPress={() => setEdited(agent)}
                  >
                    {t('common.edit')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <FairnessTable />
      {edited && <SkillsDialog agent={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function SkillsOf({ agentId }: { agentId: string }) {
  const t = useText();
  const { data, isError } = useQuery(skillsQuery(agentId));
  if (data) return <SkillsText skills={data} />;
  return <span className="text-muted">{isError ? t('problem.unexpected') : '…'}</span>;
}

function SkillsDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const t = useText();
  // Edited as they are now, not as they were when the list was drawn.
  const query = useQuery({ ...skillsQuery(agent.id), refetchOnMount: 'always' });
  return (
    <Dialog title={t('skills.edit_of', { name: isolate(agent.name) })} isOpen onClose={onClose}>
      {!query.isFetchedAfterMount ? (
        <Skeleton rows={3} height="h-9" />
      ) : (
        <Loaded query={query}>{(skills) => <SkillsForm agentId={agent.id} skills={skills} onClose={onClose} />}</Loaded>
      )}
    </Dialog>
  );
}

function SkillsForm({ agentId, skills, onClose }: { agentId: string; skills: SkillLevels; onClose: () => void }) {
  const save = useSaveSkills(agentId);
  const [draft, setDraft] = useState(skills);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(draft, { onSuccess: onClose });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <SkillsField kind="languages" value={draft} onChange={setDraft} />
      <SkillsField kind="skills" value={draft} onChange={setDraft} />
      <FormEnd error={save.error} isPending={save.isPending} onCancel={onClose} />
    </form>
  );
}

/** Who took, passed and left what. */
function FairnessTable() {
  const t = useText();
  const { formats } = useLanguage();
  const duration = useDuration();
  const [now] = useState(() => Date.now());
  const [days, setDays] = useState<number>(7);
  const query = useQuery(fairnessQuery(new Date(now - days * DAY_MS).toISOString(), new Date(now).toISOString()));
  const counts = ['assigned', 'claimed', 'leftOpen', 'declined', 'timedOut', 'answered'] as const;
  return (
    <Section
      title={t('fairness.title')}
      hint={t('fairness.hint')}
      actions={
        <SelectField label={t('fairness.span')} value={days} onChange={({ target }) => setDays(Number(target.value))}>
          {SPANS.map((span) => (
            <option key={span} value={span}>
              {t('fairness.days', { count: span })}
            </option>
          ))}
        </SelectField>
      }
    >
      <Loaded query={query}>
        {(rows) => (
          <Table
            label={t('fairness.title')}
            items={rows}
            keyOf={({ agentId }) => agentId}
            empty={t('fairness.empty')}
            columns={[
              { title: t('skills.agent'), cell: ({ name }) => <bdi className="font-medium">{name}</bdi> },
              ...counts.map((name) => ({
                title: t(`fairness.${name}`),
                cell: (row: (typeof rows)[number]) => formats.number(row[name]),
              })),
              {
                title: t('fairness.easy'),
                cell: ({ easyShare }) => (easyShare === null ? '–' : formats.percent(easyShare)),
              },
              {
                title: t('fairness.wait'),
                cell: ({ meanWaitMs }) => (
                  <span className="whitespace-nowrap">{meanWaitMs === null ? '–' : duration(meanWaitMs)}</span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
