import { PhoneCall } from 'lucide-react';
import type { Call } from '../../api/calls';
import { useText } from '../../i18n/use-text';
import { classes } from '../../ui/classes';
import { Ltr } from '../../ui/rich-text';
import { useWindowText } from './window-text';

/** A call in one line: its state, when, and the number as far as it may be seen. */
export function CallLine({ call }: { call: Call }) {
  const t = useText();
  const windowText = useWindowText();
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm">
      <PhoneCall size={15} aria-hidden className={call.overdue ? 'text-danger' : 'text-muted'} />
      <span className={classes('font-medium', call.overdue ? 'text-danger' : undefined)}>
        {t(call.overdue ? 'call.overdue' : `call.state_${call.state}`)}
      </span>
      <span>{windowText(call)}</span>
      <span className="text-muted">
        <Ltr>{call.phone}</Ltr>
      </span>
    </span>
  );
}
