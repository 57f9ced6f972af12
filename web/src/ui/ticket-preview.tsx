import type { Ticket } from '../api/types';
import { useText, type Text } from '../i18n/use-text';
import { wordlessPreview } from '../lib/preview';
import { inOurLanguage } from './refusal';
import { PreviewText } from './rich-text';

type Line = Pick<Ticket, 'preview' | 'previewWords'> & Partial<Pick<Ticket, 'subject' | 'subjectWords'>>;

function line(text: string, words: Ticket['previewWords'], t: Text): string {
  const kind = wordlessPreview(text);
  return kind ? t(`preview.kind.${kind}`) : inOurLanguage(words, text);
}

/** What a ticket was opened with; its last message where there is no such thing. */
export const subjectLine = (ticket: Line, t: Text): string =>
  ticket.subject ? line(ticket.subject, ticket.subjectWords, t) : line(ticket.preview, ticket.previewWords, t);

/** The last message of a ticket on one line, or a word for one without text. */
export function TicketPreview({ ticket: { preview, previewWords } }: { ticket: Line }) {
  const t = useText();
  return <PreviewText text={line(preview, previewWords, t)} />;
}
