import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowRight, Ellipsis, Megaphone, Pencil, PlugZap, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import {
  channelHealthQuery,
  channelPullsQuery,
  channelsQuery,
  useChangeChannel,
  useChannelCare,
} from '../../api/channels';
import { useCan } from '../../api/session';
import type { Channel, ChannelHealth } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { CopyField } from '../../ui/copy-field';
import { ChoiceMenu } from '../../ui/menu';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Empty } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { BackfillDialog } from './backfill-dialog';
import { Alarms, Checks, HealthMark } from './channel-health';
import { ChannelReadings } from './channel-readings';
import { EditChannelDialog } from './edit-channel-dialog';
import { healthState, openAlarms } from './health-state';
import { Loaded } from '../../ui/page';
import { TestMessageDialog } from './test-message-dialog';

/** One channel: what it lacks, what was found when it was looked at, how it is read and what that costs. */
export function ChannelPage() {
  const t = useText();
  const { id } = useParams({ from: '/signed-in/admin/channels/$id' });
  const query = useQuery(channelsQuery);
  return (
    <>
      <Link
        to="/admin/channels"
        className="inline-flex w-fit items-center gap-1 text-sm text-muted hover:text-ink hover:underline"
      >
        <ArrowRight size={15} aria-hidden className="ltr:-scale-x-100" />
        {t('channels.all')}
      </Link>
      <Loaded query={query}>
        {(channels) => {
          const channel = channels.find((one) => one.id === id);
          return channel ? <ChannelDetails channel={channel} /> : <Empty title={t('problem.not_found')} />;
        }}
      </Loaded>
    </>
  );
}

type Window = 'edit' | 'backfill' | 'test';

function ChannelDetails({ channel }: { channel: Channel }) {
  const t = useText();
  const tell = useTell();
  const can = useCan();
  const navigate = useNavigate();
  const { id, kind, name, externalId, state, stateReason, stateReasonWords } = channel;
  const health = useQuery(channelHealthQuery(id));
  const pulls = useQuery(channelPullsQuery(id));
  const care = useChannelCare(id);
  const change = useChangeChannel(id);
  const [open, setOpen] = useState<Window | null>(null);
  const fail = (error: unknown) => tell.error(refusalText(error, t));
  const ask = (what: 'check' | 'subscribe') =>
    care.mutate(what, { onError: fail, onSuccess: () => tell.info(t(`channels.done.${what}`)) });
  const backfillMs = pulls.data?.plan?.backfillMs;
  const close = () => setOpen(null);
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <span className="grid size-11 shrink-0 place-items-center rounded-md border border-line bg-surface">
          <ChannelIcon kind={kind} size={22} />
        </span>
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="text-xl leading-snug font-bold">
            <bdi>{name}</bdi>
          </h1>
          <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
            {t(`channel.${kind}`)}
            <span aria-hidden>·</span>
            <Ltr>{externalId}</Ltr>
            <span aria-hidden>·</span>
            <HealthMark state={healthState(channel, health.data)} />
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {channel.takesNotices && can('notices.send') && (
            <Button onPress={() => void navigate({ to: '/admin/notices', search: { channel: id } })}>
              <Megaphone size={16} aria-hidden />
              {t('admin.notices')}
            </Button>
          )}
          <Button onPress={() => ask('check')} isDisabled={care.isPending}>
            <RefreshCw size={16} aria-hidden />
            {t('channels.check')}
          </Button>
          <Button onPress={() => setOpen('edit')}>
            <Pencil size={16} aria-hidden />
            {t('common.edit')}
          </Button>
          <ChoiceMenu
            label={t('common.actions')}
            aria-label={t('common.actions')}
            trigger={<Ellipsis size={18} aria-hidden />}
            choices={[
              { id: 'subscribe', label: t('channels.subscribe') },
              { id: 'test', label: t('channels.test') },
              { id: 'backfill', label: t('channels.backfill'), isDisabled: backfillMs === undefined },
              state === 'disabled'
                ? { id: 'active', label: t('channels.enable') }
                : { id: 'disabled', label: t('channels.disable') },
            ]}
            onChoose={(action) => {
              if (action === 'subscribe') ask('subscribe');
              else if (action === 'active' || action === 'disabled')
                change.mutate({ state: action }, { onError: fail });
              else if (action === 'test' || action === 'backfill') setOpen(action);
            }}
          />
        </div>
      </header>
      {stateReason && (
        <p
          role="alert"
          className="flex flex-wrap items-center gap-2 rounded-md border border-danger/50 bg-danger-soft px-3 py-2"
        >
          <PlugZap size={17} aria-hidden className="text-danger" />
          <bdi className="flex-1">{inOurLanguage(stateReasonWords, stateReason)}</bdi>
          {state === 'needs_reconnect' && (
            <Button size="small" onPress={() => setOpen('edit')}>
              {t('channels.renew')}
            </Button>
          )}
        </p>
      )}
      <Loaded query={health}>{(known) => <HealthSections health={known} />}</Loaded>
      <Loaded query={pulls}>{(known) => <ChannelReadings pulls={known} />}</Loaded>
      {open === 'edit' && <EditChannelDialog channel={channel} onClose={close} />}
      {open === 'test' && <TestMessageDialog channelId={id} onClose={close} />}
      {open === 'backfill' && backfillMs !== undefined && (
        <BackfillDialog channelId={id} backfillMs={backfillMs} onClose={close} />
      )}
    </>
  );
}

function HealthSections({ health }: { health: ChannelHealth }) {
  const t = useText();
  const { formats } = useLanguage();
  const { report, reportedAt, lastEventAt, silence, webhookUrl } = health;
  return (
    <>
      <Alarms alarms={openAlarms(health)} />
      <section aria-labelledby="checks" className="rounded-lg border border-line bg-surface p-4">
        <header className="flex flex-wrap items-baseline gap-x-3">
          <h2 id="checks" className="text-base font-bold">
            {t('channels.checks')}
          </h2>
          {reportedAt && (
            <p className="text-xs text-muted">
              {t('channels.checked_at', { when: formats.ago(reportedAt, serverNow()) })}
            </p>
          )}
        </header>
        {report ? <Checks report={report} /> : <p className="text-sm text-muted">{t('channels.never_checked')}</p>}
        <p className="mt-2 border-t border-line pt-2 text-sm text-muted">
          {t('channels.last_event')}: {lastEventAt ? formats.dateTime(lastEventAt) : t('common.never')}
          {silence && (
            <>
              {' · '}
              <span className={silence.unlike ? 'font-semibold text-warn' : undefined}>
                {t(silence.unlike ? 'channels.silence.unlike' : 'channels.silence.usual', {
                  count: Math.round(silence.expected),
                })}
              </span>
            </>
          )}
        </p>
      </section>
      {webhookUrl && (
        <section className="rounded-lg border border-line bg-surface p-4">
          <CopyField label={t('channels.webhook')} value={webhookUrl} help={t('channels.webhook_help')} />
        </section>
      )}
    </>
  );
}
