import type { Attachment } from '../../api/types';

type Facts = Pick<Attachment, 'meta'>;

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');

const degrees = (value: unknown, most: number): number | null =>
  typeof value === 'number' && Math.abs(value) <= most ? value : null;

export interface Place {
  at: { latitude: number; longitude: number } | null;
  address: string | null;
}

/** Where a shared location is, as far as its network told. */
export function placeOf({ meta }: Facts): Place {
  const latitude = degrees(meta?.latitude, 90);
  const longitude = degrees(meta?.longitude, 180);
  return {
    at: latitude === null || longitude === null ? null : { latitude, longitude },
    address: texts(meta?.address)[0] ?? null,
  };
}

export const mapUrl = ({ latitude, longitude }: { latitude: number; longitude: number }): string =>
  `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;

/** Whom a shared contact card names: networks give one phone or several. */
export const contactOf = ({ meta }: Facts): { phones: string[]; emails: string[]; company: string | null } => ({
  phones: [...new Set([...texts(meta?.phone), ...texts(meta?.phones)])],
  emails: [...new Set([...texts(meta?.email), ...texts(meta?.emails)])],
  company: texts(meta?.company)[0] ?? null,
});
