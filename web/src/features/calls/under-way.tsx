import { PhoneCall, PhoneOff } from 'lucide-react';
import { STAGES, type CallAttempt } from '../../api/calls';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { useDuration } from '../../ui/duration';

export interface UnderWayProps {
  attempt: CallAttempt;
  isPending: boolean;
  onHangUp: () => void;
}

/** How far a call through a provider is, as the provider tells it; and its end. */
export function UnderWay({ attempt, isPending, onHangUp }: UnderWayProps) {
  const t = useText();
  const duration = useDuration();
  const stage = STAGES.find((one) => one === attempt.stage) ?? 'placing';
  const over = stage === 'ended';
  const Icon = over ? PhoneOff : PhoneCall;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-md border border-line bg-raised p-3">
      <p role="status" className="flex min-w-0 flex-1 items-center gap-2 font-medium">
        <Icon size={18} aria-hidden className={over ? 'text-muted' : 'text-ok'} />
        <span>
          {t(`call.stage_${stage}`)}
          {over && attempt.durationMs !== null && ` ${t('call.lasted', { duration: duration(attempt.durationMs) })}`}
        </span>
      </p>
      {!over && (
        <Button tone="danger" isDisabled={isPending} onPress={onHangUp}>
          <PhoneOff size={16} aria-hidden />
          {t('call.hang_up')}
        </Button>
      )}
    </div>
  );
}
