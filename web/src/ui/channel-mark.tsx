import { MessageCircle } from 'lucide-react';
import { siFacebook, siInstagram } from 'simple-icons';
import type { ChannelKind, ThreadKind } from '../api/types';
import { useText } from '../i18n/use-text';

const LOGOS = { facebook: siFacebook, instagram: siInstagram } as const;

export function ChannelIcon({ kind, size = 14 }: { kind: ChannelKind; size?: number }) {
  if (kind === 'webchat') return <MessageCircle size={size} aria-hidden />;
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden>
      <path d={LOGOS[kind].path} />
    </svg>
  );
}

/** Where a ticket comes from: the network and whether it was said in public. */
export function ChannelMark({ kind, thread }: { kind: ChannelKind; thread: ThreadKind }) {
  const t = useText();
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <ChannelIcon kind={kind} size={13} />
      {t(`channel.${kind}`)}
      <span aria-hidden>·</span>
      {t(`kind.${thread}`)}
    </span>
  );
}
