import { invalid, notFound, type ApiCall, type ApiContext } from './api-call';
import { dmIncludes, dmObject, includesOf, postObject, userObject } from './payloads';
import { latestOf, rootOf, type XDmRow, type XPostRow, type XWorld } from './world';

const newestFirst = (a: string, b: string) => (BigInt(a) < BigInt(b) ? 1 : -1);

/** One page of rows, newest first; the token is where the next begins. */
function page<T>(rows: readonly T[], query: URLSearchParams, largest = 100): { rows: readonly T[]; meta: object } {
  const size = Math.min(Number(query.get('max_results') ?? '10'), largest);
  const token = query.get('pagination_token') ?? query.get('next_token');
  if (token !== null && !/^p\d+$/.test(token)) throw invalid('The pagination token is not valid.');
  const from = token === null ? 0 : Number(token.slice(1));
  const shown = rows.slice(from, from + size);
  const next = from + size < rows.length ? { next_token: `p${from + size}` } : {};
  return { rows: shown, meta: { result_count: shown.length, ...next } };
}

function postsPage(world: XWorld, all: readonly XPostRow[], query: URLSearchParams): object {
  const since = query.get('since_id');
  const start = query.get('start_time');
  const wanted = all
    .filter((post) => !post.deleted && !post.unlisted)
    .filter((post) => since === null || BigInt(latestOf(post)) > BigInt(since))
    .filter((post) => start === null || post.at >= Date.parse(start))
    .toSorted((a, b) => newestFirst(latestOf(a), latestOf(b)));
  const { rows, meta } = page(wanted, query);
  if (rows.length === 0) return { meta };
  const ids = rows.map(latestOf);
  return {
    data: rows.map((post) => postObject(world, post)),
    includes: includesOf(world, rows),
    meta: { ...meta, newest_id: ids[0], oldest_id: ids.at(-1) },
  };
}

export function readUsers({ world }: ApiContext, { path, userId, query }: ApiCall): object {
  const [, name = '', edge] = path;
  const id = name === 'me' ? (userId ?? '') : name;
  const user = world.users.get(id);
  if (!user) return notFound(id, 'user');
  const names = new RegExp(`@${user.handle}(?!\\w)`);
  switch (edge) {
    case undefined:
      return { data: userObject(user) };
    case 'tweets':
      return postsPage(
        world,
        world.posts.filter(({ authorId }) => authorId === id),
        query,
      );
    case 'mentions':
      // Names in the words, and the ones X puts before an answer.
      return postsPage(
        world,
        world.posts.filter((post) => post.authorId !== id && (names.test(post.text) || post.replyTo?.authorId === id)),
        query,
      );
    default:
      throw invalid(`There is no ${edge} of a user.`);
  }
}

export function readPost({ world }: ApiContext, id: string): object {
  const post = world.post(id);
  return post ? { data: postObject(world, post), includes: includesOf(world, [post]) } : notFound(id);
}

/** `(conversation_id:A OR conversation_id:B) -from:C`: what the recent search is asked here. */
export function searchRecent({ world }: ApiContext, { query }: ApiCall): object {
  const words = query.get('query') ?? '';
  if (words.length > 512) throw invalid('The query is longer than 512 characters.');
  const conversations = [...words.matchAll(/conversation_id:(\d+)/g)].map((match) => match[1]);
  const without = /-from:(\d+)/.exec(words)?.[1];
  const hits = world.posts.filter(
    (post) =>
      conversations.includes(post.conversationId) && rootOf(post) !== post.conversationId && post.authorId !== without,
  );
  return postsPage(world, hits, query);
}

export function readMessages({ world }: ApiContext, { query, userId }: ApiCall, withPerson?: string): object {
  const mine = world.dms.filter(
    (dm) =>
      [dm.senderId, dm.recipientId].includes(userId ?? '') &&
      (withPerson === undefined || [dm.senderId, dm.recipientId].includes(withPerson)) &&
      !dm.deletedFor.has(userId ?? ''),
  );
  const { rows, meta } = page<XDmRow>(
    mine.toSorted((a, b) => newestFirst(a.id, b.id)),
    query,
  );
  if (rows.length === 0) return { meta };
  return { data: rows.map(dmObject), includes: dmIncludes(world, rows), meta };
}
