import { useQuery } from '@tanstack/react-query';
import { BadgeCheck, ShieldQuestionMark } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import {
  identityQuery,
  QUESTIONS,
  useIdentityCheck,
  type IdentityCheck,
  type IdentityStanding,
  type Question,
} from '../../api/handoff';
import type { TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { latinDigits } from '../../lib/text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, TextField } from '../../ui/field';
import { Loaded } from '../../ui/page';
import { Problem } from '../../ui/problem';
import { Ltr } from '../../ui/rich-text';
import { useTell } from '../../ui/toasts';

/** Whether the customer is who they say: a code to an address known before, or questions the agent asks. */
export function IdentityDialog({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const t = useText();
  const query = useQuery(identityQuery(ticket.contact.id, ticket.id));
  return (
    <Dialog title={t('identity.title')} isOpen onClose={onClose}>
      <Loaded query={query}>{(standing) => <Check ticket={ticket} standing={standing} />}</Loaded>
    </Dialog>
  );
}

function Check({ ticket, standing: { items, checkedUntil } }: { ticket: TicketDetail; standing: IdentityStanding }) {
  const t = useText();
  const { formats } = useLanguage();
  const { begin, answer } = useIdentityCheck(ticket.contact.id, ticket.id);
  const open = items.find(({ state, expiresAt }) => state === 'open' && Date.parse(expiresAt) > serverNow());
  const last = items[0];
  return (
    <div className="flex flex-col gap-4">
      <p className="flex items-center gap-2 text-sm" role="status">
        {checkedUntil ? (
          <BadgeCheck size={17} aria-hidden className="text-ok" />
        ) : (
          <ShieldQuestionMark size={17} aria-hidden className="text-note" />
        )}
        {checkedUntil
          ? t('identity.until', { at: formats.dateTime(checkedUntil) })
          : last && last.state !== 'open'
            ? t(`identity.${last.state}`)
            : t('identity.not_yet')}
      </p>
      {open?.method === 'email_code' && <Code check={open} answer={answer} />}
      {open?.method === 'questions' && <Judgement check={open} answer={answer} />}
      {!open && <Begin begin={begin} />}
      <Problem error={begin.error ?? answer.error} />
    </div>
  );
}

type Checking = ReturnType<typeof useIdentityCheck>;

function Begin({ begin }: { begin: Checking['begin'] }) {
  const t = useText();
  const [asked, setAsked] = useState<readonly Question[]>([]);
  return (
    <>
      <Button tone="brand" isDisabled={begin.isPending} onPress={() => begin.mutate({ method: 'email_code' })}>
        {t('identity.send_code')}
      </Button>
      <form
        className="flex flex-col gap-2 border-t border-line pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (asked.length > 0) begin.mutate({ method: 'questions', questions: [...asked] });
        }}
      >
        <div role="group" aria-label={t('identity.questions')} className="grid gap-1.5 sm:grid-cols-2">
          {QUESTIONS.map((question) => (
            <CheckField
              key={question}
              label={t(`identity.q_${question}`)}
              checked={asked.includes(question)}
              onChange={(event) =>
                setAsked(event.target.checked ? [...asked, question] : asked.filter((one) => one !== question))
              }
            />
          ))}
        </div>
        <p className="text-xs text-muted">{t('identity.questions_help')}</p>
        <Button type="submit" isDisabled={asked.length === 0 || begin.isPending} className="self-end">
          {t('identity.ask')}
        </Button>
      </form>
    </>
  );
}

interface AnswerProps {
  check: IdentityCheck;
  answer: Checking['answer'];
}

function Code({ check, answer }: AnswerProps) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const [code, setCode] = useState('');
  const wrong = answer.data?.id === check.id && answer.data.outcome === 'wrong';
  function submit(event: SubmitEvent) {
    event.preventDefault();
    answer.mutate(
      { id: check.id, code: latinDigits(code).replace(/\D/g, '') },
      {
        onSuccess: ({ outcome }) => {
          setCode('');
          if (outcome === 'passed') tell.info(t('identity.passed'));
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <p className="text-sm">
        {t('identity.sent')} {check.address && <Ltr>{check.address}</Ltr>}{' '}
        <span className="text-muted">{t('identity.valid', { at: formats.time(check.expiresAt) })}</span>
      </p>
      <TextField
        label={t('identity.code')}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        inputMode="numeric"
        autoComplete="off"
        dir="ltr"
        required
        autoFocus
        maxLength={12}
        problem={wrong ? t('identity.wrong', { count: check.tries }) : undefined}
      />
      <Button
        type="submit"
        tone="brand"
        className="self-end"
        isDisabled={answer.isPending || latinDigits(code).replace(/\D/g, '').length !== 6}
      >
        {t('identity.try')}
      </Button>
    </form>
  );
}

function Judgement({ check, answer }: AnswerProps) {
  const t = useText();
  const [note, setNote] = useState('');
  const judge = (passed: boolean) =>
    answer.mutate({ id: check.id, passed, ...(note.trim() ? { note: note.trim() } : {}) });
  return (
    <div className="flex flex-col gap-3">
      <ul className="list-disc ps-5 text-sm">
        {check.questions.map((question) => (
          <li key={question}>{t(`identity.q_${question}`)}</li>
        ))}
      </ul>
      <TextField
        label={t('identity.note')}
        help={t('identity.note_help')}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        maxLength={1000}
        dir="auto"
      />
      <div className="flex justify-end gap-2">
        <Button tone="danger" isDisabled={answer.isPending} onPress={() => judge(false)}>
          {t('identity.no')}
        </Button>
        <Button tone="brand" isDisabled={answer.isPending} onPress={() => judge(true)}>
          {t('identity.yes')}
        </Button>
      </div>
    </div>
  );
}
