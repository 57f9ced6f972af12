import type { Attachment } from '../../api/types';
import type { TextDirection } from '../../lib/text';

const STYLE =
  'html{color-scheme:light}body{margin:12px;font:14px/1.6 Vazirmatn,system-ui,sans-serif;color:#122020;background:#fff;overflow-wrap:anywhere}' +
  'img{max-width:100%;height:auto}table{max-width:100%}blockquote{margin:8px 0;padding-inline-start:12px;border-inline-start:3px solid #dde4e3;color:#566665}';

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/**
 * A page for a letter's HTML, which the server has made safe: it names the pictures it carries by their number, and
 * loads nothing else. Links open beside the console.
 */
export function letterPage(html: string, attachments: readonly Pick<Attachment, 'url'>[], dir: TextDirection): string {
  const body = html.replace(/<img data-attachment="(\d+)"/g, (tag, index: string) => {
    const url = attachments[Number(index)]?.url;
    return url ? `<img src="${escaped(url)}"` : tag;
  });
  return (
    `<!doctype html><html dir="${dir}"><head><meta charset="utf-8"><base target="_blank">` +
    `<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self'">` +
    `<style>${STYLE}</style></head><body>${body}</body></html>`
  );
}
