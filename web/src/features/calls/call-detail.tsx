import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BadgeCheck, Phone, ShieldQuestionMark } from 'lucide-react';
import { useState } from 'react';
import { callQuery, OUTCOMES, OWN_PHONE, useCallStep, type CallDetail, type CallStep } from '../../api/calls';
import { useSession } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { useDuration } from '../../ui/duration';
import { contactName } from '../../ui/names';
import { Loaded } from '../../ui/page';
import { Problem } from '../../ui/problem';
import { ReasonDialog } from '../../ui/reason-dialog';
import { Ltr, MessageText } from '../../ui/rich-text';
import { BeginCall } from './begin-call';
import { MoveDialog } from './move-dialog';
import { OutcomeForm } from './outcome-form';
import { UnderWay } from './under-way';
import { useWindowText } from './window-text';

/** One promised call: who, when, what about; taken, made, and how it went. */
export function CallView({ callId }: { callId: string }) {
  const query = useQuery(callQuery(callId));
  return <Loaded query={query}>{(call) => <Detail key={call.id} call={call} />}</Loaded>;
}

// What of an attempt is ours to say; a provider's own words stand as they come.
const TROUBLES = ['lost', 'forgotten'] as const;
const OPEN = ['requested', 'scheduled', 'claimed'];

function Detail({ call }: { call: CallDetail }) {
  const t = useText();
  const { agent } = useSession();
  const windowText = useWindowText();
  const { mutate, error, isPending } = useCallStep(call.id);
  const [via, setVia] = useState(OWN_PHONE);
  const [asking, setAsking] = useState<'early' | 'cancel' | 'move' | null>(null);
  const mine = call.claimedBy?.id === agent.id;
  const from = call.nextAttemptAt ?? call.windowStart;
  const now = serverNow();
  const inTime =
    from !== null && call.windowEnd !== null && now >= Date.parse(from) && now < Date.parse(call.windowEnd);
  const step = (what: CallStep) => mutate(what);
  const begin = (through: string) => {
    setVia(through);
    if (inTime) step({ do: 'start', via: through });
    else setAsking('early');
  };
  const attempt = call.attempts.at(-1);
  return (
    <article aria-label={t('call.label')} className="flex flex-col gap-4">
      <header className="flex flex-col gap-0.5">
        <h2 className="text-lg font-bold">
          <bdi>{contactName({ name: call.contact.name }, t)}</bdi>
        </h2>
        <p>{windowText(call)}</p>
        <p className="flex flex-wrap items-center gap-x-3 text-sm text-muted">
          <span>{t(call.overdue ? 'call.overdue' : `call.state_${call.state}`)}</span>
          {call.claimedBy && <span>{t('call.by', { name: mine ? t('common.me') : call.claimedBy.name })}</span>}
          <Link
            to="/inbox/$view"
            params={{ view: 'all' }}
            search={{ ticket: call.ticket.id }}
            className="text-public underline"
          >
            <Ltr>{`#${call.ticket.number}`}</Ltr>
          </Link>
        </p>
      </header>
      <p className="text-lg">
        {call.tel && call.state === 'dialing' && attempt?.provider === OWN_PHONE ? (
          <a href={call.tel} className="inline-flex items-center gap-2 text-public underline">
            <Phone size={18} aria-hidden />
            <Ltr>{call.phone}</Ltr>
          </a>
        ) : (
          <Ltr>{call.phone}</Ltr>
        )}
      </p>
      <Brief call={call} />
      <Problem error={error} />
      {call.state === 'dialing' && mine ? (
        <>
          {attempt && attempt.provider !== OWN_PHONE && (
            <UnderWay attempt={attempt} isPending={isPending} onHangUp={() => step({ do: 'hangup' })} />
          )}
          <OutcomeForm callId={call.id} />
        </>
      ) : (
        <div className="flex flex-wrap gap-2">
          {call.state === 'scheduled' && (
            <Button tone="brand" isDisabled={isPending} onPress={() => step({ do: 'claim' })}>
              {t('call.claim')}
            </Button>
          )}
          {call.state === 'claimed' && mine && (
            <>
              <BeginCall isPending={isPending} onBegin={begin} />
              <Button isDisabled={isPending} onPress={() => step({ do: 'release' })}>
                {t('call.release')}
              </Button>
            </>
          )}
          {OPEN.includes(call.state) && (
            <>
              <Button isDisabled={isPending} onPress={() => setAsking('move')}>
                {t('call.move')}
              </Button>
              <Button tone="danger" isDisabled={isPending} onPress={() => setAsking('cancel')}>
                {t('call.cancel')}
              </Button>
            </>
          )}
        </div>
      )}
      <Attempts call={call} />
      {asking === 'move' && <MoveDialog callId={call.id} onClose={() => setAsking(null)} />}
      {(asking === 'early' || asking === 'cancel') && (
        <ReasonDialog
          title={t(asking === 'early' ? 'call.begin_early' : 'call.cancel')}
          maxLength={300}
          warning={asking === 'cancel' ? t('call.cancel_warning') : undefined}
          onCancel={() => setAsking(null)}
          onConfirm={(reason) => {
            step(asking === 'early' ? { do: 'start', via, overrideReason: reason } : { do: 'cancel', reason });
            setAsking(null);
          }}
        />
      )}
    </article>
  );
}

function Brief({ call: { brief, identity, contact, reason } }: { call: CallDetail }) {
  const t = useText();
  const Icon = identity.state === 'passed' ? BadgeCheck : ShieldQuestionMark;
  return (
    <section
      aria-label={t('call.brief')}
      className="flex flex-col gap-2 rounded-md border border-line bg-raised p-3 text-sm"
    >
      {brief.text && <MessageText text={brief.text} />}
      {reason && <p className="text-muted">{reason}</p>}
      <p className="flex items-center gap-2">
        <Icon size={16} aria-hidden className={identity.state === 'passed' ? 'text-ok' : 'text-note'} />
        {t(`call.identity_${identity.state}`)}
      </p>
      {contact.noCalls && <p className="text-danger">{t('call.no_calls')}</p>}
      {brief.lastWords.length > 0 && (
        <div>
          <h3 className="text-xs font-semibold text-muted">{t('call.last_words')}</h3>
          {brief.lastWords.map((words, index) => (
            <MessageText key={index} text={words} />
          ))}
        </div>
      )}
    </section>
  );
}

function Attempts({ call: { attempts } }: { call: CallDetail }) {
  const t = useText();
  const { formats } = useLanguage();
  const duration = useDuration();
  if (attempts.length === 0) return null;
  return (
    <section aria-label={t('call.attempts')}>
      <h3 className="text-xs font-semibold text-muted">{t('call.attempts')}</h3>
      <ol className="mt-1 flex flex-col gap-2">
        {attempts.map(({ id, n, outcome, note, startedAt, durationMs, error, recordingUrl }) => {
          const known = OUTCOMES.find((one) => one === outcome);
          const trouble = TROUBLES.find((one) => one === error?.code);
          return (
            <li key={id} className="border-s-2 border-line ps-3 text-sm">
              <p>
                {t('call.attempt', { number: formats.number(n) })}:{' '}
                {known ? t(`call.outcome_${known}`) : (outcome ?? t('call.under_way'))}
                {durationMs !== null && <span className="text-muted"> · {duration(durationMs)}</span>}
              </p>
              {note && <MessageText text={note} />}
              {error && (
                <p className="text-xs text-danger">
                  <bdi>{trouble ? t(`call.trouble_${trouble}`) : (error.message ?? error.code)}</bdi>
                </p>
              )}
              {recordingUrl && (
                <a href={recordingUrl} target="_blank" rel="noopener noreferrer" className="text-public underline">
                  {t('call.recording')}
                </a>
              )}
              <time dateTime={startedAt} className="text-xs text-muted">
                {formats.dateTime(startedAt)}
              </time>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
