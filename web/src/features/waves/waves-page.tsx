import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Users } from 'lucide-react';
import { useEffect, useState } from 'react';
import { repeatSettingsQuery } from '../../api/admin/repeats';
import { wavesQuery, type Wave } from '../../api/admin/waves';
import { useCan } from '../../api/session';
import { AdminTexts } from '../../i18n/admin-texts';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { textDir } from '../../lib/text';
import { Button } from '../../ui/button';
import { SelectField } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { MessageText } from '../../ui/rich-text';
import { Empty } from '../../ui/states';
import { Section } from '../admin/form-parts';
import { RepeatSettingsForm } from '../admin/repeat-settings-form';

const AnswerWave = deskPart(() => import('../ticket-work/answer-wave').then((part) => part.AnswerWave));

/** One text of many people: what is written now, by how many, and the way to their tickets. */
export function WavesPage() {
  const t = useText();
  const can = useCan();
  return (
    <main className="min-h-0 min-w-0 flex-1 overflow-auto p-6 max-[899px]:p-4">
      <div className="mx-auto flex max-w-5xl flex-col gap-5">
        {can('tickets.read') ? (
          <AdminTexts>
            <Waves />
          </AdminTexts>
        ) : (
          <Empty title={t('page.no_access')} />
        )}
      </div>
    </main>
  );
}

/** Hours back from now that somebody asks for. */
const SPANS = [6, 24, 72, 168, 720] as const;
const USUAL_HOURS = 24;

function Waves() {
  const t = useText();
  const can = useCan();
  const [hours, setHours] = useState<number>(USUAL_HOURS);
  const waves = useQuery(wavesQuery(hours));
  const settings = useQuery(repeatSettingsQuery);
  useEffect(() => {
    document.title = `${t('nav.waves')} · ${t('app.name')}`;
  }, [t]);
  return (
    <>
      <PageHead
        title={t('nav.waves')}
        hint={settings.data ? t('waves.hint', { people: settings.data.wavePeople }) : t('waves.hint_short')}
      />
      <div className="max-w-56">
        <SelectField label={t('waves.span')} value={hours} onChange={({ target }) => setHours(Number(target.value))}>
          {SPANS.map((span) => (
            <option key={span} value={span}>
              {span < 48 ? t('waves.hours', { count: span }) : t('fairness.days', { count: span / 24 })}
            </option>
          ))}
        </SelectField>
      </div>
      <Loaded query={waves}>
        {(items) =>
          items.length === 0 ? (
            <div className="rounded-lg border border-line bg-surface">
              <Empty icon={<Users aria-hidden />} title={t('waves.none')}>
                <p>{t('waves.none_hint')}</p>
              </Empty>
            </div>
          ) : (
            <ul className="flex flex-col gap-3">
              {items.map((wave) => (
                <li key={wave.id}>
                  <WaveCard wave={wave} most={items[0]?.people ?? wave.people} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {can('tickets.configure') && (
        <Section title={t('repeats.title')}>
          <Loaded query={settings}>{(known) => <RepeatSettingsForm settings={known} />}</Loaded>
        </Section>
      )}
    </>
  );
}

/** @param most how many people the largest wave has, for the bar */
function WaveCard({ wave, most }: { wave: Wave; most: number }) {
  const t = useText();
  const { dir, formats } = useLanguage();
  const { id, people, messages, openTickets, since, lastAt, sample } = wave;
  const can = useCan();
  const [answering, setAnswering] = useState(false);
  return (
    <article className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <strong className="flex items-center gap-1.5 text-warn">
          <Users size={16} aria-hidden />
          {t('waves.people', { count: people })}
        </strong>
        <span>{t('waves.messages', { count: messages })}</span>
        <span className={openTickets > 0 ? '' : 'text-ok'}>{t('waves.open', { count: openTickets })}</span>
      </div>
      <div aria-hidden className="h-1.5 rounded-full bg-raised">
        <div className="h-full rounded-full bg-warn" style={{ inlineSize: `${(people / most) * 100}%` }} />
      </div>
      <blockquote dir={textDir(sample.text, dir)} className="border-s-4 border-line ps-3 text-base break-words">
        <MessageText text={sample.text} />
      </blockquote>
      <p className="text-xs text-muted">
        {t('waves.when', { since: formats.dateTime(since), last: formats.ago(lastAt, serverNow()) })}
      </p>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
        {openTickets > 0 && can('conversations.reply') && (
          <Button size="small" onPress={() => setAnswering(true)}>
            {t('waves.answer')}
          </Button>
        )}
        <Link
          to="/inbox/$view"
          params={{ view: 'all' }}
          search={{ wave: id }}
          className="min-h-6 font-medium text-brand underline"
        >
          {t('waves.tickets')}
        </Link>
        {sample.ticketId && (
          <Link
            to="/inbox/$view"
            params={{ view: 'all' }}
            search={{ wave: id, ticket: sample.ticketId }}
            className="min-h-6 text-brand underline"
          >
            {t('waves.newest')}
          </Link>
        )}
      </div>
      {answering && <AnswerWave wave={id} onClose={() => setAnswering(false)} />}
    </article>
  );
}
