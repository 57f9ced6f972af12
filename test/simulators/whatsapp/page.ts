import { type World } from './world';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (value: string) => value.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
const STYLE = `:root { color-scheme: light dark } body { font: 15px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem }
section { border: 1px solid #8884; border-radius: 12px; margin-block: 1rem; padding: 1rem } h1 { font-size: 1.2rem } h2 { font-size: 1rem; margin: 0 }
p { background: #8882; border-radius: 12px; margin: .3rem 0; padding: .35rem .7rem; width: fit-content; white-space: pre-wrap } p.ours { background: #25d36633; margin-inline-start: auto }
small { color: #767676 }`;

/** What the people in the threads see right now. */
export function threadsPage(world: World): string {
  const sections = [...world.threads.values()].map((thread) => {
    const [person, number] = [world.person(thread.personKey), world.number(thread.numberId)];
    const bubbles = thread.messages.map(({ fromAccount, text, state, reaction }) => {
      const note = fromAccount ? ` <small>${state}</small>` : (reaction ?? '');
      return `<p dir="auto" class="${fromAccount ? 'ours' : ''}">${escape(text)}${note}</p>`;
    });
    return `<section><h2><bdi>${escape(person.name)}</bdi> ↔ <bdi>${escape(number.name)}</bdi></h2>${bubbles.join('')}</section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>WhatsApp, as people see it</title><style>${STYLE}</style></head><body><h1>WhatsApp, as people see it</h1>${sections.join('')}</body></html>`;
}
