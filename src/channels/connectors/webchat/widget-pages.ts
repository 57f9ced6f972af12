import type { WidgetLocale } from './webchat.settings';

/** The page inside the iframe. Both values are checked (a UUID, an origin as URLs write it) and escaped all the same. */
export function framePage(inboxId: string, parentOrigin: string | null): string {
  return page(
    'fa',
    'Chat',
    `<link rel="stylesheet" href="/widget/frame.css" /><script type="module" src="/widget/frame.js"></script>`,
    `<div id="chat" data-inbox="${escape(inboxId)}" data-parent="${escape(parentOrigin ?? '')}"></div>`,
  );
}

const PLAIN =
  '<style>main { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; font: 1.1rem/1.8 system-ui, sans-serif }</style>';

const DEMO: Record<WidgetLocale, { title: string; heading: string; text: string; other: string }> = {
  fa: {
    title: 'نمونهٔ گفتگوی سایت',
    heading: 'یک صفحهٔ نمونه',
    text: 'این صفحه جای سایت شماست. دکمهٔ گفتگو را در گوشهٔ صفحه باز کنید و چیزی بنویسید؛ پیام در صندوق کارشناسان دیده می‌شود.',
    other: 'English',
  },
  en: {
    title: 'Web chat sample',
    heading: 'A sample page',
    text: 'This page stands in for your site. Open the chat in its corner and write something: it appears in the agents’ inbox.',
    other: 'فارسی',
  },
};

export function demoPage(inboxId: string, locale: WidgetLocale): string {
  const { title, heading, text, other } = DEMO[locale];
  const id = escape(inboxId);
  const otherLocale = locale === 'fa' ? 'en' : 'fa';
  return page(
    locale,
    title,
    `${PLAIN}<script async src="/widget.js" data-inbox="${id}" data-locale="${locale}"></script>`,
    `<main><h1>${heading}</h1><p>${text}</p><p><a href="/widget/demo?inbox=${id}&amp;locale=${otherLocale}" lang="${otherLocale}">${other}</a></p></main>`,
  );
}

export const noticePage = (text: string): string => page('en', 'Chat', PLAIN, `<main><p>${escape(text)}</p></main>`);

function page(locale: WidgetLocale, title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="${locale}" dir="${locale === 'fa' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
<meta name="robots" content="noindex" />
<meta name="color-scheme" content="light dark" />
<title>${title}</title>
${head}
</head>
<body>${body}</body>
</html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
