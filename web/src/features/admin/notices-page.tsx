import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Megaphone } from 'lucide-react';
import { noticeRulesQuery } from '../../api/admin/notices';
import { channelsQuery } from '../../api/channels';
import type { Channel } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { SelectField } from '../../ui/field';
import { Loaded, PageHead } from '../../ui/page';
import { Empty } from '../../ui/states';
import { Section } from './form-parts';
import { NoticeForm } from './notice-form';
import { NoticesList } from './notices-list';

/** What goes out on channels that are followed but not answered, and how it fared. */
export function NoticesPage() {
  const t = useText();
  const query = useQuery(channelsQuery);
  return (
    <>
      <PageHead title={t('admin.notices')} hint={t('notices.hint')} />
      <Loaded query={query}>{(channels) => <OfChannels channels={channels.filter(sendsNotices)} />}</Loaded>
    </>
  );
}

const sendsNotices = ({ takesNotices, state }: Channel) => takesNotices === true && state !== 'disabled';

function OfChannels({ channels }: { channels: readonly Channel[] }) {
  const t = useText();
  const navigate = useNavigate();
  const { channel: wanted } = useSearch({ from: '/signed-in/admin/notices' });
  const channel = channels.find(({ id }) => id === wanted) ?? channels[0];
  if (!channel)
    return (
      <Empty icon={<Megaphone aria-hidden />} title={t('notices.none_connected')}>
        <p>{t('notices.none_connected_hint')}</p>
      </Empty>
    );
  return (
    <>
      {channels.length > 1 && (
        <div className="max-w-sm">
          <SelectField
            label={t('notices.channel')}
            value={channel.id}
            onChange={({ target }) =>
              void navigate({ to: '/admin/notices', search: { channel: target.value }, replace: true })
            }
          >
            {channels.map(({ id, name, kind }) => (
              <option key={id} value={id}>
                {`${name} · ${t(`channel.${kind}`)}`}
              </option>
            ))}
          </SelectField>
        </div>
      )}
      <Writing key={channel.id} channel={channel} />
      <Section title={t('notices.list')}>
        <NoticesList key={channel.id} channel={channel} />
      </Section>
    </>
  );
}

function Writing({ channel }: { channel: Channel }) {
  const query = useQuery(noticeRulesQuery(channel.id));
  return <Loaded query={query}>{(rules) => <NoticeForm channel={channel} rules={rules} />}</Loaded>;
}
