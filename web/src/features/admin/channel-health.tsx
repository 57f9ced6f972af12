import { CircleAlert, CircleCheck, CircleHelp, CirclePause, TriangleAlert } from 'lucide-react';
import type { ChannelAlarm, HealthReport, Words } from '../../api/types';
import { useLanguage, useText, type Text } from '../../i18n/use-text';
import { classes } from '../../ui/classes';
import { Ltr } from '../../ui/rich-text';
import type { HealthState } from './health-state';

const LOOKS = {
  ok: { Icon: CircleCheck, colour: 'text-ok' },
  quiet: { Icon: TriangleAlert, colour: 'text-warn' },
  trouble: { Icon: TriangleAlert, colour: 'text-warn' },
  unchecked: { Icon: CircleHelp, colour: 'text-muted' },
  reconnect: { Icon: CircleAlert, colour: 'text-danger' },
  disabled: { Icon: CirclePause, colour: 'text-muted' },
} as const;

/** A shape, a colour and the word for it. */
export function HealthMark({ state }: { state: HealthState }) {
  const t = useText();
  const { Icon, colour } = LOOKS[state];
  return (
    <span className={classes('inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap', colour)}>
      <Icon size={15} aria-hidden />
      {t(`health.${state}`)}
    </span>
  );
}

const CHECKS = [
  'token',
  'token_expiry',
  'scopes',
  'account',
  'subscription',
  'webhook',
  'rate',
  'mailbox',
  'sending',
  'network',
  'public_address',
  'silence',
  'reconnect',
  'unreachable',
  'pull_poll',
  'pull_reconcile',
  'pull_backfill',
] as const;

/** The name of what was looked at; one we have no word for stands as the server names it. */
function checkName(name: string, t: Text): string {
  const known = CHECKS.find((one) => one === name);
  return known ? t(`check.${known}`) : name;
}

/** What is wrong now, since when, and what to do about it. */
export function Alarms({ alarms }: { alarms: readonly ChannelAlarm[] }) {
  const t = useText();
  const { formats, locale } = useLanguage();
  if (alarms.length === 0) return null;
  return (
    <ul aria-label={t('channels.alarms')} className="flex flex-col gap-2">
      {alarms.map(({ id, name, message, fix, raisedAt }) => (
        <li key={id} className="rounded-md border border-warn/50 bg-warn-soft px-3 py-2 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <strong className="text-warn">{checkName(name, t)}</strong>
            <bdi>{message[locale]}</bdi>
            <time dateTime={raisedAt} className="ms-auto text-xs text-muted">
              {formats.dateTime(raisedAt)}
            </time>
          </p>
          <Fix words={fix} />
        </li>
      ))}
    </ul>
  );
}

function Fix({ words }: { words: Words | null | undefined }) {
  const t = useText();
  const { locale } = useLanguage();
  if (!words) return null;
  return (
    <p className="text-sm">
      <span className="font-semibold">{t('channels.what_to_do')}</span> <bdi>{words[locale]}</bdi>
    </p>
  );
}

const CHECK_LOOKS = {
  ok: { Icon: CircleCheck, colour: 'text-ok' },
  problem: { Icon: CircleAlert, colour: 'text-danger' },
  unknown: { Icon: CircleHelp, colour: 'text-muted' },
} as const;

/** What the network was asked, one line each, with what to do where something is wrong. */
export function Checks({ report }: { report: HealthReport }) {
  const t = useText();
  const { formats, locale } = useLanguage();
  if (report.checks.length === 0) return <p className="text-sm text-muted">{t('channels.no_checks')}</p>;
  return (
    <>
      <ul aria-label={t('channels.checks')} className="flex flex-col divide-y divide-line">
        {report.checks.map(({ name, state, message, fix }) => {
          const { Icon, colour } = CHECK_LOOKS[state];
          return (
            <li key={name} className="flex gap-2 py-2">
              <Icon size={17} aria-hidden className={classes('mt-0.5 shrink-0', colour)} />
              <div className="min-w-0 flex-1 text-sm">
                <p>
                  <strong className="font-semibold">{checkName(name, t)}</strong>
                  <span className="sr-only"> ({t(`check.state.${state}`)})</span>
                  <span className="text-muted"> · </span>
                  <bdi>{message[locale]}</bdi>
                </p>
                {state !== 'ok' && <Fix words={fix} />}
              </div>
            </li>
          );
        })}
      </ul>
      {report.tokenExpiresAt && (
        <p className="text-xs text-muted">
          {t('channels.token_expires', { at: formats.dateTime(report.tokenExpiresAt) })}
        </p>
      )}
      {report.missingScopes && report.missingScopes.length > 0 && (
        <p className="text-sm text-warn">
          {t('channels.missing_scopes')} <Ltr>{report.missingScopes.join(', ')}</Ltr>
        </p>
      )}
    </>
  );
}
