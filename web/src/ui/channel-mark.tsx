import { Mail, MessageCircle, Webhook } from 'lucide-react';
import { siFacebook, siInstagram, siTelegram, siWhatsapp, siX, siYoutube } from 'simple-icons';
import type { ChannelKind, ThreadKind } from '../api/types';
import { useText } from '../i18n/use-text';

const LOGOS: Partial<Record<ChannelKind, string>> = {
  facebook: siFacebook.path,
  instagram: siInstagram.path,
  whatsapp: siWhatsapp.path,
  telegram: siTelegram.path,
  x: siX.path,
  youtube: siYoutube.path,
};
const SIGNS = { email: Mail, webchat: MessageCircle, api: Webhook } as const;
/** Networks without a drawing of their own here go by a letter. */
const LETTERS: Partial<Record<ChannelKind, string>> = { bale: 'ب', rubika: 'ر', eitaa: 'ا', linkedin: 'in' };

export function ChannelIcon({ kind, size = 14 }: { kind: ChannelKind; size?: number }) {
  if (kind === 'email' || kind === 'webchat' || kind === 'api') {
    const Sign = SIGNS[kind];
    return <Sign size={size} aria-hidden className="shrink-0" />;
  }
  const logo = LOGOS[kind];
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden className="shrink-0">
      {logo ? (
        <path d={logo} />
      ) : (
        <>
          <rect x="1" y="1" width="22" height="22" rx="5" />
          <text x="12" y="17" textAnchor="middle" fontSize="14" fontWeight="700" fill="var(--color-surface)">
            {LETTERS[kind]}
          </text>
        </>
      )}
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
