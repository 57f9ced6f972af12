import { text } from './params';
import type { World } from './world';

const escaped = (words: string) =>
  words.replaceAll(
    /[&<>"]/g,
    (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter] ?? letter,
  );

/** All chats as their members see them, newest message last. */
export function publicPage(world: World): string {
  const chats = new Map<string, string[]>();
  for (const { body, chatId, connection, byBot, deleted } of world.messages) {
    if (deleted) continue;
    const words = text(body['text'] ?? body['caption'] ?? Object.keys(body).at(-1));
    const line = `<p dir="auto" class="${byBot ? 'bot' : 'person'}">${escaped(words)}</p>`;
    const key = connection === null ? String(chatId) : `${connection} ${chatId}`;
    chats.set(key, [...(chats.get(key) ?? []), line]);
  }
  const sections = [...chats].map(([chat, lines]) => `<section><h2>${escaped(chat)}</h2>${lines.join('')}</section>`);
  const style = 'body{font-family:sans-serif;max-width:40rem;margin:auto}.bot{background:#def;padding:.3rem}';
  return `<!doctype html><meta charset="utf-8"><title>Chats</title><style>${style}</style>${sections.join('')}`;
}
