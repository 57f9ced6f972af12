import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { fileUseQuery, useLimitFiles, type FileUse } from '../../api/admin/files';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { useFileSize } from '../../ui/file-size';
import { Loaded, PageHead } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { Problem } from '../../ui/problem';
import { Card, NumberField } from './form-parts';

const MB = 1_048_576;
const GB = 1_073_741_824;
const NEARLY_FULL = 0.8; // from here on the leads have been told

export function FilesPage() {
  const t = useText();
  const use = useQuery(fileUseQuery);
  return (
    <>
      <PageHead title={t('admin.files')} hint={t('files.hint')} />
      <Loaded query={use}>
        {(known) => (
          <div className="flex max-w-2xl flex-col gap-4">
            <UsedFiles use={known} />
            <LimitForm key={known.limitBytes} use={known} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function UsedFiles({ use: { usedBytes, limitBytes, waiting } }: { use: FileUse }) {
  const t = useText();
  const { formats } = useLanguage();
  const fileSize = useFileSize();
  const size = (bytes: number) =>
    bytes < GB ? fileSize(bytes) : t('files.gb', { amount: formats.number(Math.round((bytes * 10) / GB) / 10) });
  const share = limitBytes === null ? null : limitBytes === 0 ? 1 : Math.min(1, usedBytes / limitBytes);
  const used = limitBytes === null ? t('files.used', { used: size(usedBytes) }) : null;
  return (
    <Card>
      <p id="files-used" className="text-sm font-semibold">
        {used ?? t('files.used_of', { used: size(usedBytes), limit: size(limitBytes ?? 0) })}
      </p>
      {share !== null && (
        <div
          role="meter"
          aria-labelledby="files-used"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={formats.percent(share)}
          className="h-2 overflow-hidden rounded-full bg-raised"
        >
          <div
            className={classes('h-full', share >= 1 ? 'bg-danger' : share >= NEARLY_FULL ? 'bg-warn' : 'bg-brand')}
            style={{ inlineSize: `${share * 100}%` }}
          />
        </div>
      )}
      {waiting > 0 && <p className="text-sm text-warn">{t('files.waiting', { count: waiting })}</p>}
    </Card>
  );
}

function LimitForm({ use }: { use: FileUse }) {
  const t = useText();
  const tell = useTell();
  const save = useLimitFiles();
  const [limitMb, setLimitMb] = useState(use.limitBytes === null ? null : Math.round((use.limitBytes * 10) / MB) / 10);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(limitMb === null ? null : Math.round(limitMb * MB), { onSuccess: () => tell.info(t('admin.saved')) });
  }
  return (
    <form onSubmit={submit}>
      <Card>
        <NumberField
          label={t('files.limit')}
          help={t('files.limit_help')}
          value={limitMb}
          onChange={setLimitMb}
          problem={problemOf(save.error, 'limitBytes')}
        />
        <Problem error={save.error} />
        <div className="flex justify-end">
          <Button type="submit" tone="brand" isDisabled={save.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </Card>
    </form>
  );
}
