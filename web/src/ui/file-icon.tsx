import { AudioLines, File, Film, ImageIcon, MapPin, UserRound } from 'lucide-react';

const ICONS: Record<string, typeof File> = {
  image: ImageIcon,
  sticker: ImageIcon,
  video: Film,
  audio: AudioLines,
  location: MapPin,
  contact: UserRound,
};

export function FileIcon({ kind, size = 16 }: { kind: string; size?: number }) {
  const Icon = ICONS[kind] ?? File;
  return <Icon size={size} aria-hidden className="shrink-0" />;
}
