import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { channelsQuery } from '../../api/channels';
import type { TicketNarrowing } from '../../api/keys';
import { teamsQuery } from '../../api/people';
import { tagsQuery, ticketFieldsQuery, ticketTypesQuery } from '../../api/ticket-work';
import { useLanguage, useText } from '../../i18n/use-text';
import { languageChoices } from '../../lib/languages';
import { typeName } from '../../lib/type-name';
import { SelectField, TextField } from '../../ui/field';
import { FieldFilter } from './field-filter';
import { isOneOf, KINDS, STATUSES } from './filter-values';

export interface FilterPanelProps {
  filters: TicketNarrowing & { sort?: string };
  onFilter: (change: TicketNarrowing & { sort?: string }) => void;
}

/** Everything a list of tickets can be narrowed by. */
export function FilterPanel({ filters, onFilter }: FilterPanelProps) {
  const t = useText();
  const { locale } = useLanguage();
  const { data: channels = [] } = useQuery(channelsQuery);
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: settings } = useQuery(ticketTypesQuery);
  const { data: fields = [] } = useQuery(ticketFieldsQuery);
  const any = <option value="">{t('filter.any')}</option>;
  const types = settings?.types ?? [];
  const choose = (name: keyof TicketNarrowing) => ({
    label: t(`filter.${name === 'q' ? 'label' : name}`),
    value: filters[name] ?? '',
    onChange: (event: { target: { value: string } }) => onFilter({ [name]: event.target.value || undefined }),
  });
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-3">
        <SelectField {...choose('channel')}>
          {any}
          {channels.map((channel) => (
            <option key={channel.id} value={channel.id}>
              {`${t(`channel.${channel.kind}`)} · ${channel.name}`}
            </option>
          ))}
        </SelectField>
        <SelectField {...choose('kind')}>
          {any}
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`kind.${kind}`)}
            </option>
          ))}
        </SelectField>
        <SelectField {...choose('status')}>
          {any}
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`status.${status}`)}
            </option>
          ))}
        </SelectField>
        <SelectField {...choose('queue')}>
          {any}
          {teams.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
        </SelectField>
        {types.length > 0 && (
          <SelectField {...choose('type')}>
            {any}
            {types.map((type) => (
              <option key={type} value={type}>
                {typeName(settings, type, locale)}
              </option>
            ))}
          </SelectField>
        )}
        <SelectField {...choose('language')}>
          {any}
          {languageChoices(locale, filters.language).map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <TagFilter key={filters.tag} tag={filters.tag ?? ''} onChoose={(tag) => onFilter({ tag: tag || undefined })} />
      {fields.length > 0 && (
        <FieldFilter
          key={filters.field}
          fields={fields}
          value={filters.field}
          onChoose={(field) => onFilter({ field })}
        />
      )}
      <SelectField
        label={t('filter.sort')}
        value={filters.sort ?? 'due'}
        onChange={(event) => onFilter({ sort: event.target.value === 'due' ? undefined : event.target.value })}
      >
        <option value="due">{t('filter.sort_due')}</option>
        <option value="recent">{t('filter.sort_recent')}</option>
      </SelectField>
    </div>
  );
}

/** Taken when it is chosen from the known ones, or when the field is left. */
function TagFilter({ tag, onChoose }: { tag: string; onChoose: (tag: string) => void }) {
  const t = useText();
  const listId = useId();
  const [typed, setTyped] = useState(tag);
  const { data: known = [] } = useQuery(tagsQuery(typed.trim()));
  const keep = (text: string) => text.trim() !== tag && onChoose(text.trim());
  return (
    <>
      <TextField
        label={t('filter.tag')}
        dir="auto"
        list={listId}
        maxLength={60}
        value={typed}
        onChange={({ target, nativeEvent }) => {
          setTyped(target.value);
          // Choosing from the list comes as one change to exactly a known tag.
          const written = nativeEvent instanceof InputEvent && nativeEvent.inputType.startsWith('insertText');
          if (
            !written &&
            isOneOf(
              known.map((one) => one.tag),
              target.value,
            )
          )
            keep(target.value);
        }}
        onBlur={() => keep(typed)}
        onKeyDown={(event) => event.key === 'Enter' && keep(typed)}
      />
      <datalist id={listId}>
        {known.map((one) => (
          <option key={one.tag} value={one.tag} />
        ))}
      </datalist>
    </>
  );
}
