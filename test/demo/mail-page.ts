import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { MailSimulator } from '../simulators/mail/server';

const STYLE = `:root { color-scheme: light dark } body { font: 15px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }
article { border: 1px solid #8884; border-radius: 12px; margin-block: 1rem; padding: .6rem 1rem } article.ours { background: #4a90d922 }
h1 { font-size: 1.2rem } h2 { font-size: 1rem; margin: 0 } pre { font: inherit; margin: .3rem 0; white-space: pre-wrap } small { color: #767676 }`;
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (value: string) => value.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
const SHOWN = 60;

/** The letters as the people hold them, ours and theirs, newest first, on a page of its own: mail has no public place. */
export async function startMailPage(
  mail: MailSimulator,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    void lettersPage(mail).then((page) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function lettersPage({ inbox, effects }: MailSimulator): Promise<string> {
  const sources = [
    ...inbox.mails.map(({ source }) => ({ source, ours: false })),
    ...effects.filter(({ shown }) => shown).map(({ source }) => ({ source, ours: true })),
  ];
  const letters = await Promise.all(
    sources.map(async ({ source, ours }) => ({ ours, mail: await simpleParser(source, { skipImageLinks: true }) })),
  );
  const newest = letters
    .toSorted((a, b) => (b.mail.date?.getTime() ?? 0) - (a.mail.date?.getTime() ?? 0))
    .slice(0, SHOWN)
    .map(({ ours, mail }) => {
      const files = mail.attachments.map(({ filename }) => ` 📎 ${escaped(filename ?? '')}`).join('');
      const from = escaped(mail.from?.text ?? 'nobody');
      return `<article class="${ours ? 'ours' : ''}"><h2 dir="auto">${escaped(mail.subject ?? '')}</h2><small>${from}${files}</small>
<pre dir="auto">${escaped(mail.text ?? '')}</pre></article>`;
    });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>E-mail, as people see it</title><style>${STYLE}</style></head><body><h1>E-mail, as people see it</h1>${newest.join('')}</body></html>`;
}
