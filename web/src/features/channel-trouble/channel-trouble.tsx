import { useQuery } from '@tanstack/react-query';
import { openAlarmsQuery } from '../../api/open-alarms';
import { deskPart } from '../../i18n/desk-texts';

const Badge = deskPart(() => import('./trouble-badge').then((part) => part.TroubleBadge));

/** Most of the time there is none, and nothing is fetched for it. */
export function ChannelTrouble({ place }: { place: string }) {
  const { data = [] } = useQuery(openAlarmsQuery);
  return data.length > 0 ? <Badge alarms={data} place={place} /> : null;
}
