import { ExternalLink, ImageIcon } from 'lucide-react';
import { useState } from 'react';
import type { ChannelKind, SourcePost as Post } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { ChannelIcon } from '../../ui/channel-mark';
import { PreviewText } from '../../ui/rich-text';

/** The post that the comments stand under: an answer without it is an answer to half a question. */
export function SourcePost({ post, channel }: { post: Post; channel: ChannelKind }) {
  const t = useText();
  const [broken, setBroken] = useState(false);
  return (
    <aside aria-label={t('post.label')} className="flex items-center gap-3 border-b border-line bg-raised px-4 py-2.5">
      {post.mediaUrl && !broken ? (
        <img
          src={post.mediaUrl}
          alt={t('post.image')}
          className="size-12 shrink-0 rounded-md border border-line object-cover"
          onError={() => setBroken(true)}
        />
      ) : (
        <span className="grid size-12 shrink-0 place-items-center rounded-md border border-line bg-surface text-muted">
          <ImageIcon size={20} aria-hidden />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-1.5 text-xs text-muted">
          <ChannelIcon kind={channel} size={12} />
          {t('post.under', { channel: t(`channel.${channel}`) })}
        </p>
        <p className="flex">
          <PreviewText text={post.text || t('post.no_text')} />
        </p>
      </div>
      {post.permalink && (
        <a
          href={post.permalink}
          target="_blank"
          rel="noopener noreferrer"
          className="inline-flex min-h-7 items-center gap-1 rounded-md border border-line bg-surface px-2.5 text-[13px] whitespace-nowrap hover:border-line-strong"
        >
          <ExternalLink size={14} aria-hidden className="icon-directional" />
          {t('post.open')}
        </a>
      )}
    </aside>
  );
}
