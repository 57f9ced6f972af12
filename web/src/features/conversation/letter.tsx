import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState, type SyntheticEvent } from 'react';
import { originalQuery } from '../../api/messages';
import type { Attachment, Message } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { MessageText } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { letterPage } from './letter-page';

const HIGHEST = 600;

/** The whole of a letter behind its visible part: what it quotes, and its looks if it has any. */
export function Letter({ message }: { message: Message }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-1">
      <Button size="small" tone="quiet" onPress={() => setOpen(!open)} className="-ms-2">
        {open ? <ChevronUp size={15} aria-hidden /> : <ChevronDown size={15} aria-hidden />}
        {t(open ? 'letter.fold' : 'letter.show')}
      </Button>
      {open && <Whole message={message} />}
    </div>
  );
}

function Whole({ message }: { message: Message }) {
  const query = useQuery(originalQuery(message));
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton rows={2} height="h-10" />;
  const { html, text } = query.data;
  if (html) return <Page html={html} attachments={message.attachments} />;
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-muted">
      <MessageText text={text ?? ''} />
    </div>
  );
}

/**
 * The letter in a page of its own, in which nothing runs. It shares our origin only so that the pictures it carries are
 * served and its height is known; without scripts that gives it nothing.
 */
function Page({ html, attachments }: { html: string; attachments: readonly Attachment[] }) {
  const t = useText();
  const { dir } = useLanguage();
  const [height, setHeight] = useState(160);
  function fit({ currentTarget }: SyntheticEvent<HTMLIFrameElement>) {
    const tall = currentTarget.contentDocument?.documentElement.scrollHeight ?? height;
    setHeight(Math.min(tall + 2, HIGHEST));
  }
  return (
    <iframe
      title={t('letter.title')}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={letterPage(html, attachments, dir)}
      onLoad={fit}
      style={{ height }}
      className="w-[36rem] max-w-full rounded-md border border-line bg-white"
    />
  );
}
