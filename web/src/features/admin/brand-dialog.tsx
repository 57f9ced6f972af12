import type { SubmitEvent } from 'react';
import { useSaveBrand } from '../../api/admin/brands';
import type { Brand } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { FormEnd } from './form-parts';

/** A new brand, or another name for one. */
export function BrandDialog({ brand, onClose }: { brand: Brand | null; onClose: () => void }) {
  const t = useText();
  const save = useSaveBrand();
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = fieldReader(new FormData(event.currentTarget))('name');
    save.mutate({ id: brand?.id, name }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t(brand ? 'brands.rename_title' : 'brands.add')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t('brands.name')}
          help={t('brands.name_help')}
          name="name"
          required
          maxLength={100}
          dir="auto"
          autoFocus
          defaultValue={brand?.name}
          problem={problemOf(save.error, 'name')}
        />
        <FormEnd error={save.error} isPending={save.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
