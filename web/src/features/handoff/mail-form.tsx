import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { useEmailHandoff, useUndoHandoff, type EmailHandoffBody, type EmailOptions } from '../../api/handoff';
import { inOrder, messagesQuery } from '../../api/messages';
import type { Message, TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CheckField, SelectField, TextArea, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { refusalText } from '../../ui/refusal';
import { PreviewText } from '../../ui/rich-text';
import { useTell } from '../../ui/toasts';

export interface MailFormProps {
  options: EmailOptions;
  ticket: TicketDetail;
  conversationId: string;
  address: string | null;
  confirmed: boolean;
  onClose: () => void;
}

/** The first mail. To an address nobody confirmed goes a question whether it is theirs, and nothing else. */
export function MailForm({ options, ticket, conversationId, address, confirmed, onClose }: MailFormProps) {
  const t = useText();
  const tell = useTell();
  const { texts, channels } = options;
  const inPublic = ticket.kind === 'comment';
  const key = useRef({ of: '', key: '' });
  const send = useEmailHandoff(conversationId);
  const { mutateAsync: undo } = useUndoHandoff(conversationId);
  const [to, setTo] = useState(address ?? '');
  const [channelId, setChannelId] = useState(channels[0]?.id ?? '');
  const [subject, setSubject] = useState(texts.subject);
  const [text, setText] = useState(`${texts.greeting}\n\n`);
  const [included, setIncluded] = useState<readonly string[]>([]);
  const [closing, setClosing] = useState(inPublic ? texts.publicClosing : texts.privateClosing);
  const whole = confirmed && to.trim() === (address ?? '');

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const body: EmailHandoffBody = {
      channelId,
      closing: closing.trim() || null,
      ...(to.trim() === (address ?? '') ? {} : { address: to.trim() }),
      ...(whole ? { text: text.trim(), subject: subject.trim(), include: [...included] } : {}),
    };
    // Another mail is another handoff; only the same one sent again is the same.
    const of = JSON.stringify(body);
    if (key.current.of !== of) key.current = { of, key: crypto.randomUUID() };
    send.mutate(
      { ...body, key: key.current.key },
      {
        onSuccess: ({ id }) => {
          onClose();
          tell.info(t('handoff.sent'), {
            label: t('work.undo'),
            // The dialog is gone by then: only a promise still answers.
            go: () => void undo(id).catch((error: unknown) => tell.error(refusalText(error, t))),
          });
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('handoff.to')}
          type="email"
          dir="ltr"
          required
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
        <SelectField
          label={t('handoff.mailbox')}
          value={channelId}
          onChange={(event) => setChannelId(event.target.value)}
        >
          {channels.map((channel) => (
            <option key={channel.id} value={channel.id}>
              {channel.address ? `${channel.name} · ${channel.address}` : channel.name}
            </option>
          ))}
        </SelectField>
      </div>
      {whole ? (
        <>
          <TextField
            label={t('handoff.subject')}
            required
            maxLength={200}
            dir="auto"
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
          />
          <TextArea
            label={t('handoff.text')}
            rows={5}
            dir="auto"
            autoFocus
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Include conversationId={conversationId} included={included} onChange={setIncluded} />
        </>
      ) : (
        <section aria-label={t('handoff.text')} className="rounded-md border border-line bg-raised px-3 py-2 text-sm">
          <p className="text-xs text-muted">{t('handoff.only_question')}</p>
          <p dir="auto">{texts.confirmMail}</p>
        </section>
      )}
      <TextArea
        label={t(inPublic ? 'handoff.closing_public' : 'handoff.closing_private')}
        help={t('handoff.closing_help')}
        rows={2}
        dir="auto"
        maxLength={2000}
        value={closing}
        onChange={(event) => setClosing(event.target.value)}
      />
      <Problem error={send.error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={send.isPending}>
          {t(whole ? 'handoff.send' : 'handoff.send_question')}
        </Button>
      </div>
    </form>
  );
}

interface IncludeProps {
  conversationId: string;
  included: readonly string[];
  onChange: (ids: readonly string[]) => void;
}

const LAST = 20;
const quotable = ({ direction, deletedAt, text }: Message) => direction !== 'note' && !deletedAt && text !== '';

/** Which messages the first mail quotes; none unless they are chosen. */
function Include({ conversationId, included, onChange }: IncludeProps) {
  const t = useText();
  const { formats } = useLanguage();
  const { data } = useInfiniteQuery(messagesQuery(conversationId));
  const messages = inOrder(data).filter(quotable).slice(-LAST);
  if (messages.length === 0) return null;
  return (
    <details>
      <summary className="w-fit text-sm font-medium">{t('handoff.include', { count: included.length })}</summary>
      <ul className="mt-2 flex max-h-52 flex-col gap-1 overflow-auto rounded-md border border-line p-3">
        {messages.map(({ id, text, direction, networkAt }) => (
          <li key={id} className="flex items-start gap-2">
            <span className="min-w-0 flex-1">
              <CheckField
                label={`${t(direction === 'in' ? 'voice.contact' : 'handoff.ours')} · ${formats.shortDate(networkAt)} ${formats.time(networkAt)}`}
                checked={included.includes(id)}
                onChange={(event) =>
                  onChange(event.target.checked ? [...included, id] : included.filter((one) => one !== id))
                }
              />
              <span className="flex ps-6 text-xs text-muted">
                <PreviewText text={text} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
