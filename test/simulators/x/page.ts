import { rootOf, type XWorld } from './world';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (value: string) => value.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
const STYLE = `:root { color-scheme: light dark } body { font: 15px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }
section { border: 1px solid #8884; border-radius: 12px; margin-block: 1rem; padding: .6rem 1rem } h1 { font-size: 1.2rem } h2 { font-size: 1rem; margin: 0 }
p { margin: .3rem 0; white-space: pre-wrap } p.reply { margin-inline-start: 2rem } small { color: #767676 }`;

/** Posts by conversation and messages by pair, as everybody at X sees them together. */
export function publicPage(world: XWorld): string {
  const name = (id: string) => `<bdi>${escaped(world.users.get(id)?.name ?? id)}</bdi>`;
  const sections = new Map<string, string[]>();
  const put = (section: string, line: string) => void sections.set(section, [...(sections.get(section) ?? []), line]);
  for (const post of world.posts) {
    if (post.deleted) continue;
    const mark = post.hidden ? ' <small>hidden</small>' : '';
    const kind = rootOf(post) === post.conversationId ? 'post' : 'reply';
    put(post.conversationId, `<p dir="auto" class="${kind}">${name(post.authorId)}: ${escaped(post.text)}${mark}</p>`);
  }
  for (const { senderId, recipientId, text, media } of world.dms) {
    const pair = [senderId, recipientId].toSorted().join(' ');
    put(`dm ${pair}`, `<p dir="auto">✉ ${name(senderId)}: ${escaped(text)}${media ? ' 🖼' : ''}</p>`);
  }
  const shown = [...sections.values()].map((lines) => `<section>${lines.join('')}</section>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>X, as people see it</title><style>${STYLE}</style></head><body><h1>X, as people see it</h1>${shown.join('')}</body></html>`;
}
