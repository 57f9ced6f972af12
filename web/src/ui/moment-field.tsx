import { useState } from 'react';
import { useSession } from '../api/session';
import { dayIn, instantIn, minutesOf } from '../lib/day';
import { serverNow } from '../lib/clock';
import { ClockField } from './clock-field';
import { DayField } from './day-field';

export interface MomentFieldProps {
  label: string;
  /** Name of the field for the time of the day. */
  clockLabel: string;
  onChange: (instant: string) => void;
}

const NINE = minutesOf('09:00');

/** A day in the reader's calendar and a time, on the clock of the workspace; as an instant. It begins tomorrow at nine. */
export function MomentField({ label, clockLabel, onChange }: MomentFieldProps) {
  const { workspace } = useSession();
  const [day, setDay] = useState(() => dayIn(serverNow() + 86_400_000, workspace.timeZone));
  const [minutes, setMinutes] = useState(NINE);
  return (
    <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_6rem]">
      <DayField
        label={label}
        value={day}
        onChange={(next) => {
          setDay(next);
          onChange(instantIn(next, minutes, workspace.timeZone));
        }}
      />
      <ClockField
        label={clockLabel}
        value={minutes}
        onChange={(next) => {
          if (next === null) return;
          setMinutes(next);
          onChange(instantIn(day, next, workspace.timeZone));
        }}
      />
    </div>
  );
}
