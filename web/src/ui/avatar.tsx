import { UserRound } from 'lucide-react';
import { useState } from 'react';
import { initials } from '../lib/text';
import { classes } from './classes';

// Each pair holds 4.5:1 in both themes; the name picks one, so a person keeps a colour.
const HUES = [
  'bg-brand-soft text-brand',
  'bg-public-soft text-public',
  'bg-bot-soft text-bot',
  'bg-note-soft text-note',
  'bg-ok-soft text-ok',
];

const hueOf = (name: string) => {
  let sum = 0;
  for (let index = 0; index < name.length; index += 1) sum += name.charCodeAt(index);
  return HUES[sum % HUES.length];
};

/** A picture, the initials, or for somebody unnamed ("") a figure. Decorative: the name is always written beside it. */
export function Avatar({ name, url, size = 'size-9' }: { name: string; url?: string | null; size?: string }) {
  const [broken, setBroken] = useState(false);
  const frame = classes(
    'grid shrink-0 place-items-center overflow-hidden rounded-full text-xs font-semibold',
    size,
    hueOf(name),
  );
  if (url && !broken) return <img src={url} alt="" className={frame} onError={() => setBroken(true)} />;
  return (
    <span aria-hidden className={frame}>
      {name ? initials(name) : <UserRound size={16} />}
    </span>
  );
}
