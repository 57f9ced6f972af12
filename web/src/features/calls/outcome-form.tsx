import { useState, type SubmitEvent } from 'react';
import { NOTED, OUTCOMES, useCallStep, type CallOutcome } from '../../api/calls';
import { useSession } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { addDays, dayIn, instantIn } from '../../lib/day';
import { Button } from '../../ui/button';
import { CheckField, SelectField, TextArea } from '../../ui/field';
import { MomentField } from '../../ui/moment-field';
import { Problem } from '../../ui/problem';

/** How a call went. Where words were exchanged they must be written down. */
export function OutcomeForm({ callId }: { callId: string }) {
  const t = useText();
  const [outcome, setOutcome] = useState<CallOutcome>('answered_resolved');
  const [note, setNote] = useState('');
  const [followUp, setFollowUp] = useState<string | null>(null);
  const zone = useSession().workspace.timeZone;
  const [noMore, setNoMore] = useState(false);
  const { mutate, error, isPending } = useCallStep(callId);
  const noted = NOTED.includes(outcome);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    mutate({
      do: 'outcome',
      outcome,
      ...(note.trim() ? { note: note.trim() } : {}),
      ...(outcome === 'answered_follow_up' && followUp ? { followUpAt: followUp } : {}),
      ...(outcome === 'refused' && noMore ? { noMoreCalls: true } : {}),
    });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 rounded-md border border-brand/40 bg-brand-soft p-3">
      <SelectField
        label={t('call.how')}
        value={outcome}
        onChange={(event) => setOutcome(OUTCOMES.find((one) => one === event.target.value) ?? 'answered_resolved')}
      >
        {OUTCOMES.map((one) => (
          <option key={one} value={one}>
            {t(`call.outcome_${one}`)}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t(noted ? 'call.note_needed' : 'call.note')}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        required={noted}
        maxLength={5000}
        rows={3}
        dir="auto"
      />
      {outcome === 'answered_follow_up' && (
        <>
          <CheckField
            label={t('call.follow_up')}
            checked={followUp !== null}
            onChange={(event) =>
              setFollowUp(event.target.checked ? instantIn(addDays(dayIn(serverNow(), zone), 1), 9 * 60, zone) : null)
            }
          />
          {followUp !== null && (
            <MomentField label={t('slot.day')} clockLabel={t('slot.time')} onChange={setFollowUp} />
          )}
        </>
      )}
      {outcome === 'refused' && (
        <CheckField label={t('call.no_more')} checked={noMore} onChange={(event) => setNoMore(event.target.checked)} />
      )}
      <Problem error={error} />
      <Button type="submit" tone="brand" isDisabled={isPending || (noted && !note.trim())} className="self-end">
        {t('call.keep')}
      </Button>
    </form>
  );
}
