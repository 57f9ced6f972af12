import type { ChannelSettings } from '../../channel';

/** off: nobody is identified. verify: anonymous visitors and vouched-for users. required: vouched-for users only. */
export const IDENTITY_MODES = ['off', 'verify', 'required'] as const;
export type IdentityMode = (typeof IDENTITY_MODES)[number];
export type WidgetLocale = 'fa' | 'en';

/** What an admin may set on a web chat channel; anything absent or malformed falls back, so a page never breaks on it. */
export interface WebchatSettings {
  /** Shown on top of the widget; null for the channel's name. */
  title: string | null;
  /** Null: the page or the visitor's browser decides. */
  locale: WidgetLocale | null;
  /** `#rrggbb` of the button and the visitor's own messages. */
  color: string;
  greeting: Record<WidgetLocale, string | null>;
  identity: IdentityMode;
  /** Sites that may embed the widget, as `https://shop.example` or `https://*.shop.example`; null: any site. */
  allowedOrigins: readonly string[] | null;
  /** New visitors from one address in an hour. */
  newVisitorsPerHour: number;
}

const COLOR = /^#[0-9a-f]{6}$/i;
const ORIGIN = /^(https?):\/\/(\*\.)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/i;
const BRAND_COLOR = '#0f5c5c';
const NEW_VISITORS_PER_HOUR = 60; // an office behind one address, not a script

export function webchatSettings(settings: ChannelSettings): WebchatSettings {
  const { title, locale, color, greeting, identity, allowedOrigins, newVisitorsPerHour } = settings;
  const greetings =
    typeof greeting === 'object' && greeting !== null
      ? (greeting as Record<string, unknown>)
      : { fa: greeting, en: greeting };
  return {
    title: textOf(title),
    locale: locale === 'fa' || locale === 'en' ? locale : null,
    color: typeof color === 'string' && COLOR.test(color) ? color.toLowerCase() : BRAND_COLOR,
    greeting: { fa: textOf(greetings['fa']), en: textOf(greetings['en']) },
    identity: IDENTITY_MODES.find((mode) => mode === identity) ?? 'verify',
    allowedOrigins: Array.isArray(allowedOrigins)
      ? allowedOrigins.filter((origin): origin is string => typeof origin === 'string' && ORIGIN.test(origin))
      : null,
    newVisitorsPerHour:
      typeof newVisitorsPerHour === 'number' && newVisitorsPerHour >= 1
        ? Math.floor(newVisitorsPerHour)
        : NEW_VISITORS_PER_HOUR,
  };
}

/** Whether a page of this origin may embed the widget. A star stands for one or more labels, never for the bare domain. */
export function mayEmbed(allowed: readonly string[] | null, origin: string): boolean {
  if (allowed === null) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return allowed.some((entry) => {
    const [, scheme = '', star, host = '', port = ''] = ORIGIN.exec(entry) ?? [];
    if (`${scheme.toLowerCase()}:` !== page.protocol) return false;
    const site = new URL(`${scheme}://${host}${port}`);
    if (site.port !== page.port) return false;
    return star ? page.hostname.endsWith(`.${site.hostname}`) : page.hostname === site.hostname;
  });
}

/** The same list as the browser enforces it. Our own pages may always embed the widget. */
export function frameAncestors(allowed: readonly string[] | null): string {
  return allowed === null ? '*' : ["'self'", ...allowed].join(' ');
}

/** Black or white, whichever is easier to read on this colour (WCAG relative luminance). */
export function readableOn(color: string): '#000000' | '#ffffff' {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 500) : null;
