import { useText } from '../i18n/use-text';
import { wordlessPreview } from '../lib/preview';
import { PreviewText } from './rich-text';

/** The last message of a ticket on one line, or a word for one without text. */
export function TicketPreview({ preview }: { preview: string }) {
  const t = useText();
  const kind = wordlessPreview(preview);
  return <PreviewText text={kind ? t(`preview.kind.${kind}`) : preview} />;
}
