import { useQuery } from '@tanstack/react-query';
import { Phone } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { deskPhoneQuery, linesQuery, OWN_PHONE, useDeskPhone } from '../../api/calls';
import { useText } from '../../i18n/use-text';
import { isolateLtr, latinDigits } from '../../lib/text';
import { Button } from '../../ui/button';
import { SelectField, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { Problem } from '../../ui/problem';

export interface BeginCallProps {
  isPending: boolean;
  /** With the agent's own phone, or the id of a line. */
  onBegin: (via: string) => void;
}

/** Begins a call: with the agent's own phone, or through a line, which rings the agent's phone first. */
export function BeginCall({ isPending, onBegin }: BeginCallProps) {
  const t = useText();
  const { data: lines = [] } = useQuery(linesQuery);
  const { data: desk } = useQuery({ ...deskPhoneQuery, enabled: lines.length > 0 });
  const [chosen, setChosen] = useState<string | null>(null);
  const [changing, setChanging] = useState(false);
  const via = chosen ?? (desk ? lines[0]?.id : undefined) ?? OWN_PHONE;
  const throughLine = via !== OWN_PHONE;
  const asksPhone = throughLine && (changing || desk === null);
  return (
    <div className="flex w-full flex-col items-start gap-3">
      {lines.length > 0 && (
        <div className="w-full max-w-sm">
          <SelectField label={t('call.through')} value={via} onChange={(event) => setChosen(event.target.value)}>
            <option value={OWN_PHONE}>{t('call.through_own')}</option>
            {lines.map(({ id, name, phone }) => (
              <option key={id} value={id}>{`${name} · ${isolateLtr(phone)}`}</option>
            ))}
          </SelectField>
        </div>
      )}
      {asksPhone && <DeskPhone phone={desk ?? ''} onKept={() => setChanging(false)} />}
      {throughLine && desk && !changing && (
        <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
          {t('call.desk_rings', { phone: isolateLtr(desk) })}
          <Button size="small" tone="quiet" onPress={() => setChanging(true)}>
            {t('call.desk_change')}
          </Button>
        </p>
      )}
      <Button tone="brand" isDisabled={isPending || asksPhone || (throughLine && !desk)} onPress={() => onBegin(via)}>
        <Phone size={16} aria-hidden />
        {t('call.begin')}
      </Button>
    </div>
  );
}

function DeskPhone({ phone, onKept }: { phone: string; onKept: () => void }) {
  const t = useText();
  const [typed, setTyped] = useState(phone);
  const { mutate, error, isPending } = useDeskPhone();
  function keep(event: SubmitEvent) {
    event.preventDefault();
    mutate(latinDigits(typed.trim()), { onSuccess: onKept });
  }
  const problem = problemOf(error, 'phone');
  return (
    <form onSubmit={keep} className="flex w-full max-w-sm flex-col items-start gap-2">
      <div className="w-full">
        <TextField
          label={t('call.desk')}
          help={t('call.desk_help')}
          type="tel"
          dir="ltr"
          required
          maxLength={40}
          autoComplete="tel"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          problem={problem}
        />
      </div>
      {!problem && <Problem error={error} />}
      <Button type="submit" size="small" isDisabled={isPending || !typed.trim()}>
        {t('call.desk_keep')}
      </Button>
    </form>
  );
}
