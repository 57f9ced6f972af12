import { CloudOff, ExternalLink, LoaderCircle, RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { Attachment } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useText, type Text } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { FileIcon } from '../../ui/file-icon';
import { useFileSize } from '../../ui/file-size';
import { kindName } from '../../ui/kind-name';
import { Ltr } from '../../ui/rich-text';
import { contactOf, mapUrl, placeOf } from './attachment-facts';

const EndedFile = deskPart(() => import('./ended-file').then((part) => part.EndedFile));
const KeptUntil = deskPart(() => import('./ended-file').then((part) => part.KeptUntil));

const CARD = 'flex max-w-80 min-w-48 items-center gap-2 rounded-md border border-line bg-surface px-2.5 py-1.5 text-sm';
const PICTURES: readonly string[] = ['image', 'sticker'];

const titleOf = ({ name, kind }: Attachment, t: Text) => name ?? kindName(kind, t);

export interface AttachmentsProps {
  attachments: readonly Attachment[];
  onRefetch: (attachmentId: string) => void;
}

/** What came or goes with a message, each by its kind, and said plainly when it is not here. */
export function Attachments({ attachments, onRefetch }: AttachmentsProps) {
  return (
    <ul className="mt-1 flex flex-wrap gap-2">
      {attachments.map((attachment) => (
        <li key={attachment.id} className="max-w-full">
          <One attachment={attachment} onRefetch={onRefetch} />
        </li>
      ))}
    </ul>
  );
}

function One({ attachment, onRefetch }: { attachment: Attachment; onRefetch: (attachmentId: string) => void }) {
  const { kind, state } = attachment;
  if (kind === 'location') return <Place attachment={attachment} />;
  if (kind === 'contact') return <Person attachment={attachment} />;
  if (attachment.removed) return <EndedFile attachment={attachment} />;
  if (state === 'pending') return <Pending attachment={attachment} />;
  if (state === 'failed' || state === 'gone' || !attachment.url)
    return <Missing attachment={attachment} onRefetch={onRefetch} />;
  return (
    <>
      <Present attachment={attachment} url={attachment.url} />
      {attachment.keepUntil && <KeptUntil at={attachment.keepUntil} />}
    </>
  );
}

/** A story is shown as the picture or the film it is, once that is known. */
const shownAs = ({ kind, mimeType }: Attachment) => (kind === 'story' && mimeType?.split('/')[0]) || kind;

function Present({ attachment, url }: { attachment: Attachment; url: string }) {
  const t = useText();
  const [broken, setBroken] = useState(false);
  const { mimeType } = attachment;
  const kind = shownAs(attachment);
  const title = titleOf(attachment, t);
  if (PICTURES.includes(kind) && !broken)
    return (
      <a href={url} target="_blank" rel="noopener noreferrer nofollow" className="block">
        <img
          src={url}
          alt={title}
          loading="lazy"
          onError={() => setBroken(true)}
          className={classes(
            'rounded-md object-cover',
            kind === 'sticker' ? 'size-28' : 'max-h-56 max-w-full border border-line sm:max-w-72',
          )}
        />
      </a>
    );
  if (kind === 'video' && !broken)
    return (
      <video
        controls
        preload="metadata"
        aria-label={title}
        onError={() => setBroken(true)}
        className="max-h-64 w-72 max-w-full rounded-md border border-line bg-black"
      >
        <source src={url} type={mimeType ?? undefined} />
      </video>
    );
  if (kind === 'audio' && !broken)
    return (
      <audio
        controls
        preload="metadata"
        src={url}
        aria-label={title}
        onError={() => setBroken(true)}
        className="w-72 max-w-full"
      />
    );
  return <FileLink attachment={attachment} url={url} />;
}

function FileLink({ attachment, url }: { attachment: Attachment; url: string }) {
  const t = useText();
  const size = useFileSize();
  const title = titleOf(attachment, t);
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className={classes(CARD, 'hover:border-line-strong')}
    >
      <span className="text-public">
        <FileIcon kind={attachment.kind} size={18} />
      </span>
      <span className="min-w-0 leading-snug">
        <span className="block truncate text-public">
          <bdi>{title}</bdi>
        </span>
        {attachment.sizeBytes ? <span className="text-xs text-muted">{size(attachment.sizeBytes)}</span> : null}
      </span>
    </a>
  );
}

function Pending({ attachment }: { attachment: Attachment }) {
  const t = useText();
  return (
    <p className={classes(CARD, 'text-muted')}>
      <LoaderCircle size={16} aria-hidden className="shrink-0 animate-spin" />
      <span className="min-w-0 leading-snug">
        <span className="block truncate">
          <bdi>{titleOf(attachment, t)}</bdi>
        </span>
        <span className="text-xs">{t('attachment.pending')}</span>
      </span>
    </p>
  );
}

function Missing({ attachment, onRefetch }: { attachment: Attachment; onRefetch: (attachmentId: string) => void }) {
  const t = useText();
  const failed = attachment.state === 'failed';
  const noRoom = attachment.error === 'storage_full';
  return (
    <div className={classes(CARD, failed ? 'border-warn/60' : '', 'text-muted')}>
      <CloudOff size={16} aria-hidden className={classes('shrink-0', failed ? 'text-warn' : '')} />
      <span className="min-w-0 flex-1 leading-snug">
        <span className="block truncate">
          <bdi>{titleOf(attachment, t)}</bdi>
        </span>
        <span className="block text-xs">
          {t(noRoom ? 'attachment.no_room' : failed ? 'attachment.failed' : 'attachment.gone')}
          {failed && !noRoom && attachment.error && (
            <>
              {' '}
              <bdi>({attachment.error})</bdi>
            </>
          )}
        </span>
      </span>
      {failed && (
        <Button size="small" onPress={() => onRefetch(attachment.id)}>
          <RotateCw size={14} aria-hidden />
          {t('common.retry')}
        </Button>
      )}
    </div>
  );
}

function Place({ attachment }: { attachment: Attachment }) {
  const t = useText();
  const place = placeOf(attachment);
  return (
    <div className={CARD}>
      <span className="text-danger">
        <FileIcon kind="location" size={18} />
      </span>
      <span className="min-w-0 flex-1 leading-snug">
        <span className="block">
          <bdi>{titleOf(attachment, t)}</bdi>
        </span>
        {place.address && (
          <span className="block text-xs text-muted">
            <bdi>{place.address}</bdi>
          </span>
        )}
        {place.at && (
          <span className="block text-xs text-muted">
            <Ltr>{`${place.at.latitude}, ${place.at.longitude}`}</Ltr>
          </span>
        )}
      </span>
      {place.at && (
        <a
          href={mapUrl(place.at)}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="inline-flex items-center gap-1 text-xs text-public underline"
        >
          <ExternalLink size={13} aria-hidden className="icon-directional" />
          {t('attachment.map')}
        </a>
      )}
    </div>
  );
}

function Person({ attachment }: { attachment: Attachment }) {
  const t = useText();
  const { phones, emails, company } = contactOf(attachment);
  return (
    <div className={classes(CARD, 'items-start!')}>
      <span className="mt-1 text-brand">
        <FileIcon kind="contact" size={18} />
      </span>
      <span className="min-w-0 leading-snug">
        <span className="block font-medium">
          <bdi>{titleOf(attachment, t)}</bdi>
        </span>
        {company && (
          <span className="block text-xs text-muted">
            <bdi>{company}</bdi>
          </span>
        )}
        {[
          ...phones.map((phone) => ({ text: phone, href: `tel:${phone.replace(/[^\d+]/g, '')}` })),
          ...emails.map((email) => ({ text: email, href: `mailto:${email}` })),
        ].map(({ text, href }) => (
          <a key={href} href={href} className="block text-public underline">
            <Ltr>{text}</Ltr>
          </a>
        ))}
      </span>
    </div>
  );
}
