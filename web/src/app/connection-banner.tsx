import { WifiOff } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useText } from '../i18n/use-text';
import { useNewerVersion } from '../lib/newer-version';
import { useConnection } from '../realtime/use-realtime';
import { Button } from '../ui/button';

// A blip that heals sooner is nobody's business.
const HOLD_MS = 1_500;

function onNetwork(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Says that what is on the screen may be old. The reply box keeps working meanwhile. */
export function ConnectionBanner() {
  const t = useText();
  const connection = useConnection();
  const online = useSyncExternalStore(onNetwork, () => navigator.onLine);
  const [shown, setShown] = useState(false);
  const trouble = connection !== 'live' || !online;
  const newer = useNewerVersion();
  useEffect(() => {
    if (!trouble) return setShown(false);
    const timer = setTimeout(() => setShown(true), HOLD_MS);
    return () => clearTimeout(timer);
  }, [trouble]);
  return (
    <div role="status">
      {shown && (
        <p className="appear flex items-center justify-center gap-2 border-b border-warn/30 bg-warn-soft px-4 py-1 text-sm text-warn">
          <WifiOff size={15} aria-hidden />
          {online ? t('connection.reconnecting') : t('connection.offline')}
        </p>
      )}
      {newer && (
        <p className="appear flex flex-wrap items-center justify-center gap-2 border-b border-line bg-brand-soft px-4 py-1 text-sm text-brand">
          {t('connection.newer')}
          <Button size="small" onPress={() => location.reload()}>
            {t('connection.reload')}
          </Button>
        </p>
      )}
    </div>
  );
}
