import { useQuery } from '@tanstack/react-query';
import { macrosQuery, repliesQuery } from '../../api/admin/macros';
import { queuesQuery } from '../../api/admin/routing';
import { ticketFieldsQuery, ticketSettingsQuery, type TicketField } from '../../api/admin/ticket-setup';
import { endpointsQuery } from '../../api/admin/webhooks';
import { channelsQuery } from '../../api/channels';
import { agentsQuery, brandsQuery, teamsQuery } from '../../api/people';
import { useCan } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { typeName } from '../../lib/type-name';
import { CHANNEL_KINDS, PRIORITY_NAMES, THREAD_KINDS } from './conditions-fields';
import type { Option } from './form-parts';

export const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const;
const WORK_TYPES = ['dm', 'comment', 'letter', 'call'] as const;
const ACTORS = ['agent', 'bot', 'contact', 'crm', 'system'] as const;
const REPEATS = ['open', 'answered', 'same_thread', 'wave'] as const;
const CLOCKS = ['first_response', 'next_response', 'resolution', 'callback'] as const;

export interface RuleNames {
  agents: Option[];
  teams: Option[];
  macros: Option[];
  replies: Option[];
  endpoints: Option[];
  ticketTypes: readonly Option[];
  fields: readonly TicketField[];
  /** What a field may be; undefined where anything can be written. */
  valuesOf: (field: string) => Option[] | undefined;
}

const named = (list: readonly { id: string; name: string }[] | undefined): Option[] =>
  (list ?? []).map(({ id, name }) => ({ id, label: name }));

/** What rules and macros can name, as far as it can be read by whoever looks. */
export function useRuleNames(): RuleNames {
  const t = useText();
  const can = useCan();
  const { locale } = useLanguage();
  const agents = named(useQuery(agentsQuery).data);
  const teams = named(useQuery(teamsQuery).data);
  const brands = named(useQuery(brandsQuery).data);
  const channels = named(useQuery(channelsQuery).data);
  const macros = named(useQuery(macrosQuery).data);
  const replies = useQuery(repliesQuery).data ?? [];
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const endpoints = useQuery({ ...endpointsQuery, enabled: can('webhooks.manage') }).data?.items;
  const fields = useQuery(ticketFieldsQuery).data ?? [];
  const { data: settings } = useQuery(ticketSettingsQuery);
  const ticketTypes = (settings?.types ?? []).map((id) => ({ id, label: typeName(settings, id, locale) }));

  function valuesOf(field: string): Option[] | undefined {
    switch (field) {
      case 'channelKind':
        return CHANNEL_KINDS.map((id) => ({ id, label: t(`channel.${id}`) }));
      case 'threadKind':
        return THREAD_KINDS.map((id) => ({ id, label: t(`kind.${id}`) }));
      case 'workType':
        return WORK_TYPES.map((id) => ({ id, label: t(`work_type.${id}`) }));
      case 'status':
        return STATUSES.map((id) => ({ id, label: t(`status.${id}`) }));
      case 'priority':
        return PRIORITY_NAMES.map((id) => ({ id, label: t(`priority.${id}`) }));
      case 'event.actor':
        return ACTORS.map((id) => ({ id, label: t(`actor.${id}`) }));
      case 'event.clock':
        return CLOCKS.map((id) => ({ id, label: t(`clock.${id}`) }));
      case 'repeated':
        return REPEATS.map((id) => ({ id, label: t(`repeated.${id}`) }));
      case 'handler':
        return [
          { id: 'bot', label: t('actor.bot') },
          { id: 'human', label: t('rules.a_person') },
        ];
      case 'type':
        return ticketTypes.length > 0 ? ticketTypes : undefined;
      case 'channelId':
        return channels;
      case 'brandId':
        return brands;
      case 'teamId':
        return teams;
      case 'assigneeId':
        return agents;
      case 'queueId':
        return queues.flatMap(({ id, name }) => (id === null ? [] : [{ id, label: name ?? id }]));
      default: {
        const own = fields.find(({ key }) => field === `fields.${key}`);
        if (!own || own.options.length === 0) return undefined;
        return own.options.map(({ value, labelFa, labelEn }) => ({
          id: value,
          label: locale === 'fa' ? labelFa : labelEn,
        }));
      }
    }
  }

  return {
    agents,
    teams,
    macros,
    replies: replies.map(({ id, title }) => ({ id, label: title })),
    endpoints: named(endpoints),
    ticketTypes,
    fields,
    valuesOf,
  };
}
