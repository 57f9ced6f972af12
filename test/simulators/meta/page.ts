import { type Comment, type Message, type Thread, type World } from './world';

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 15px/1.6 Vazirmatn, system-ui, sans-serif; margin: 0 auto; max-width: 1080px; padding: 1rem; }
  main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); align-items: start; }
  h1 { font-size: 1.2rem; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
  section { border: 1px solid #8884; border-radius: 12px; padding: 1rem; }
  .what { color: #767676; font-size: .8rem; }
  .entry { border-block-start: 1px solid #8883; padding-block: .4rem; }
  .reply { margin-inline-start: 1.5rem; }
  .hidden { opacity: .5; } .gone { font-style: italic; color: #767676; }
  .bubble { border-radius: 12px; margin-block: .3rem; max-width: 85%; padding: .35rem .7rem; width: fit-content; background: #8882; }
  .bubble.ours { background: #1f6feb33; margin-inline-start: auto; }
  p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  time { color: #767676; font-size: .75rem; }
`;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (value: string) => value.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
const clock = (ms: number) => {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};
const paragraph = (value: string) => `<p dir="auto">${escape(value)}</p>`;

/** What the public and the people in the threads see right now. */
export function publicPage(world: World): string {
  const posts = [...world.posts.values()].toReversed().map((post) => {
    const account = world.account(post.accountId);
    const author = post.personKey === null ? account.name : world.person(post.personKey).name;
    const comments = world.commentsOf(post.id);
    const top = comments.filter(({ parentId }) => parentId === null);
    const tree = top.flatMap((comment) => [
      commentEntry(world, comment),
      ...comments.filter(({ parentId }) => parentId === comment.id).map((reply) => commentEntry(world, reply)),
    ]);
    const head = `<h2><bdi>${escape(author)}</bdi> <span class="what">${account.platform} post</span></h2>`;
    return `<section>${head}${paragraph(post.text)}${clock(post.createdMs)}${tree.join('')}</section>`;
  });
  const threads = [...world.threads.values()]
    .filter(({ messages }) => messages.length > 0)
    .toSorted((a, b) => b.updatedMs - a.updatedMs)
    .map((thread) => threadSection(world, thread));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>The networks, as the public sees them</title>
<style>${STYLE}</style></head><body><h1>The networks, as the public sees them</h1><main>${[...posts, ...threads].join('\n')}</main></body></html>`;
}

function commentEntry(world: World, comment: Comment): string {
  const account = world.account(comment.accountId);
  const ours = comment.personKey === null;
  const author = comment.personKey === null ? account.name : world.person(comment.personKey).name;
  const classes = ['entry', comment.parentId === null ? '' : 'reply', comment.hidden ? 'hidden' : ''].join(' ').trim();
  const notes = [
    ours ? 'the brand' : '',
    comment.hidden ? 'hidden' : '',
    comment.likedBy.size > 0 ? `♥ ${comment.likedBy.size}` : '',
    comment.privateReplyId === null ? '' : 'answered privately',
  ].filter(Boolean);
  const head = `<strong><bdi>${escape(author)}</bdi></strong> <span class="what">${notes.join(' · ')}</span>`;
  const body =
    comment.text === '' && comment.photoUrl !== null ? '<p class="gone">(photo)</p>' : paragraph(comment.text);
  return `<div class="${classes}">${head}${body}${clock(comment.createdMs)}</div>`;
}

function threadSection(world: World, thread: Thread): string {
  const account = world.account(thread.accountId);
  const person = escape(world.person(thread.personKey).name);
  const what = account.platform === 'facebook' ? 'Messenger' : 'Instagram Direct';
  const head = `<h2><bdi>${person}</bdi> ↔ <bdi>${escape(account.name)}</bdi> <span class="what">${what}</span></h2>`;
  return `<section>${head}${thread.messages.map(bubble).join('')}</section>`;
}

function bubble(message: Message): string {
  const reactions = [...message.reactions.values()].map(escape).join(' ');
  const attachments = message.attachments.map(({ type }) => `<p class="gone">(${escape(type)})</p>`).join('');
  const body = message.deleted
    ? '<p class="gone">(message unsent)</p>'
    : `${message.text === null ? '' : paragraph(message.text)}${attachments}${reactions}`;
  const edited = message.edits > 0 ? ' · edited' : '';
  return `<div class="bubble${message.fromAccount ? ' ours' : ''}">${body}${clock(message.createdMs)}${edited}</div>`;
}
