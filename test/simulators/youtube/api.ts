import { createHash } from 'node:crypto';
import { shuffled } from '../meta/faults';
import type { Comment, Status, World } from './world';

export interface Effect {
  kind: 'reply' | 'comment' | 'edit' | 'delete' | 'moderate';
  id: string;
  target: string;
  text: string | null;
}

export interface ApiAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Quirks {
  /** Threads on one page, whatever was asked for (youtube.md §7). */
  pageSize: number;
  /** Answers that come along with a thread. */
  embedded: number;
  /** `comments.list` overlooks the page token (youtube.md §7). */
  ignorePageToken: boolean;
  /** Page tokens of before no longer hold. */
  forgetPages: boolean;
  /** Removes what was just published without a word. */
  spamFilter: boolean;
  /** So many inserts fail with `processingFailure` (youtube.md §6). */
  processingFailures: number;
}

export interface ApiContext {
  world: World;
  effects: Effect[];
  quirks: Quirks;
  random: () => number;
}

export const refusal = (status: number, reason: string, message = reason): ApiAnswer => ({
  status,
  body: { error: { code: status, message, errors: [{ message, domain: 'youtube.comment', reason }] } },
});

export interface ApiRequest {
  method: string;
  resource: string;
  query: URLSearchParams;
  body: { id?: string; snippet?: Record<string, unknown> };
  etag: string | undefined;
}

/** Units of a call (youtube.md §4). */
export const costOf = ({ method }: ApiRequest): number => (method === 'GET' ? 1 : 50);

export function answerApi(context: ApiContext, request: ApiRequest): ApiAnswer {
  switch (`${request.method} ${request.resource}`) {
    case 'GET commentThreads':
      return listThreads(context, request);
    case 'POST commentThreads':
      return insertThread(context, request);
    case 'GET comments':
      return listComments(context, request);
    case 'POST comments':
      return insertReply(context, request);
    case 'PUT comments':
      return update(context, request);
    case 'DELETE comments':
      return remove(context, request);
    case 'POST comments/setModerationStatus':
      return moderate(context, request);
    case 'GET videos':
      return videos(context, request);
    case 'GET channels':
      return { status: 200, body: { items: [channel(context.world)] } };
    default:
      return refusal(404, 'notFound');
  }
}

const seconds = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000', '');

function commentBody({ world }: ApiContext, one: Comment, withVideo: boolean): Record<string, unknown> {
  const own = one.authorId === world.channelId;
  const author = [...world.people.values()].find(({ channelId }) => channelId === one.authorId);
  return {
    kind: 'youtube#comment',
    id: one.id,
    snippet: {
      channelId: world.channelId,
      ...(withVideo ? { videoId: one.videoId } : {}),
      textDisplay: one.text,
      ...(own ? { textOriginal: one.text } : {}),
      authorDisplayName: author?.name ?? '@sibsorkh',
      authorProfileImageUrl: 'https://yt3.ggpht.com/invented=s48',
      authorChannelId: { value: one.authorId },
      canRate: true,
      viewerRating: 'none',
      likeCount: 0,
      publishedAt: seconds(one.publishedMs),
      updatedAt: seconds(one.updatedMs),
      ...(one.parentId === null ? {} : { parentId: one.parentId }),
      ...(one.status === 'published' ? {} : { moderationStatus: one.status }),
    },
  };
}

function threadBody(context: ApiContext, top: Comment): unknown {
  const { world, quirks, random } = context;
  const replies = world.shown(top.id);
  // the newest few, in no order that can be relied on
  const along = shuffled(replies.slice(-quirks.embedded), random);
  return {
    kind: 'youtube#commentThread',
    id: top.id,
    snippet: {
      channelId: world.channelId,
      videoId: top.videoId,
      topLevelComment: commentBody(context, top, true),
      canReply: true,
      totalReplyCount: replies.length,
      isPublic: top.status === 'published',
    },
    ...(along.length === 0 ? {} : { replies: { comments: along.map((reply) => commentBody(context, reply, true)) } }),
  };
}

function listThreads(context: ApiContext, { query, etag }: ApiRequest): ApiAnswer {
  const { world, quirks } = context;
  if (query.get('textFormat') !== 'plainText') return refusal(400, 'simulatorWantsPlainText');
  const ids = query.get('id')?.split(',');
  if (ids) {
    if (ids.length > 50) return refusal(400, 'invalidFilters');
    const tops = ids.flatMap((id) => world.comments.get(id) ?? []).filter(({ status }) => status !== 'rejected');
    return { status: 200, body: { items: tops.map((top) => threadBody(context, top)) } };
  }
  const wanted = (query.get('moderationStatus') ?? 'published') as Status;
  const tops = [...world.comments.values()]
    .filter(({ parentId, status }) => parentId === null && status === wanted)
    .filter(({ videoId }) => query.get('videoId') === null || query.get('videoId') === videoId)
    .toReversed();
  const size = Math.min(quirks.pageSize, Number(query.get('maxResults') ?? 20));
  const token = query.get('pageToken');
  if (token !== null && quirks.forgetPages) return refusal(400, 'invalidPageToken');
  const from = token === null ? 0 : Number(token.replace('page', ''));
  const items = tops.slice(from, from + size).map((top) => threadBody(context, top));
  const next = from + size < tops.length ? { nextPageToken: `page${from + size}` } : {};
  const digest = createHash('sha1')
    .update(JSON.stringify([from, wanted, [...world.comments.values()]]))
    .digest('hex');
  if (etag === digest) return { status: 304 };
  return { status: 200, body: { etag: digest, items, ...next } };
}

function listComments(context: ApiContext, { query }: ApiRequest): ApiAnswer {
  const { world, quirks } = context;
  const ids = query.get('id')?.split(',');
  if (ids) {
    // the owner also reads what is held back
    const there = ids.flatMap((id) => world.comments.get(id) ?? []).filter(({ status }) => status !== 'rejected');
    return { status: 200, body: { items: there.map((one) => commentBody(context, one, false)) } };
  }
  const parentId = query.get('parentId') ?? '';
  if (!world.comments.has(parentId)) return refusal(404, 'commentNotFound');
  const all = world.shown(parentId).toReversed();
  const size = Number(query.get('maxResults') ?? 20);
  const from = quirks.ignorePageToken ? 0 : Number((query.get('pageToken') ?? 'page0').replace('page', ''));
  const items = all.slice(from, from + size).map((one) => commentBody(context, one, false));
  return { status: 200, body: { items, ...(from + size < all.length ? { nextPageToken: `page${from + size}` } : {}) } };
}

function checkText(text: unknown): ApiAnswer | undefined {
  if (typeof text !== 'string' || text === '') return refusal(400, 'commentTextRequired');
  return Array.from(text).length > 10_000 ? refusal(400, 'commentTextTooLong') : undefined;
}

function insertReply(context: ApiContext, { body }: ApiRequest): ApiAnswer {
  const { world, effects, quirks } = context;
  const { parentId, textOriginal } = body.snippet ?? {};
  const wrong = checkText(textOriginal);
  if (wrong) return wrong;
  if (typeof parentId !== 'string') return refusal(400, 'parentCommentIdMissing');
  const parent = world.comments.get(parentId);
  if (!parent) return refusal(404, 'parentCommentNotFound');
  if (quirks.processingFailures > 0) {
    quirks.processingFailures -= 1;
    return refusal(400, 'processingFailure');
  }
  if (parent.parentId !== null) return refusal(400, 'invalidCommentMetadata');
  if (world.videos.get(parent.videoId)?.commentsDisabled) return refusal(403, 'commentsDisabled');
  const comment = world.addComment(parent.videoId, world.channelId, String(textOriginal), parent);
  effects.push({ kind: 'reply', id: comment.id, target: parent.id, text: comment.text });
  const answer = { status: 200, body: commentBody(context, comment, false) };
  if (quirks.spamFilter) world.remove(comment.id);
  return answer;
}

function insertThread(context: ApiContext, { body }: ApiRequest): ApiAnswer {
  const { world, effects } = context;
  const top = body.snippet?.['topLevelComment'] as { snippet?: { textOriginal?: unknown } } | undefined;
  const text = top?.snippet?.textOriginal;
  const wrong = checkText(text);
  if (wrong) return wrong;
  const video = world.videos.get(String(body.snippet?.['videoId']));
  if (!video) return refusal(404, 'videoNotFound');
  if (video.commentsDisabled) return refusal(403, 'commentsDisabled');
  const comment = world.addComment(video.id, world.channelId, String(text), null);
  effects.push({ kind: 'comment', id: comment.id, target: video.id, text: comment.text });
  return { status: 200, body: threadBody(context, comment) };
}

function update(context: ApiContext, { body }: ApiRequest): ApiAnswer {
  const { world, effects } = context;
  const comment = world.comments.get(body.id ?? '');
  if (!comment) return refusal(404, 'commentNotFound');
  if (comment.authorId !== world.channelId) return refusal(403, 'forbidden');
  const wrong = checkText(body.snippet?.['textOriginal']);
  if (wrong) return wrong;
  world.edit(comment, String(body.snippet?.['textOriginal']));
  effects.push({ kind: 'edit', id: comment.id, target: comment.id, text: comment.text });
  return { status: 200, body: commentBody(context, comment, false) };
}

function remove({ world, effects }: ApiContext, { query }: ApiRequest): ApiAnswer {
  const comment = world.comments.get(query.get('id') ?? '');
  if (!comment) return refusal(404, 'commentNotFound');
  if (comment.authorId !== world.channelId) return refusal(403, 'forbidden');
  world.remove(comment.id);
  effects.push({ kind: 'delete', id: comment.id, target: comment.id, text: null });
  return { status: 204 };
}

function moderate({ world, effects }: ApiContext, { query }: ApiRequest): ApiAnswer {
  const status = query.get('moderationStatus') as Status;
  const ban = query.get('banAuthor') === 'true';
  if (ban && status !== 'rejected') return refusal(400, 'banWithoutReject');
  const comments = (query.get('id') ?? '').split(',').map((id) => world.comments.get(id));
  if (comments.length > 50 || comments.includes(undefined)) return refusal(404, 'commentNotFound');
  for (const comment of comments) {
    if (!comment) continue;
    if (comment.authorId === world.channelId) return refusal(400, 'operationNotSupported');
    if (comment.status === 'rejected' && status === 'published') return refusal(400, 'operationNotSupported');
    comment.status = status;
    if (ban) world.banned.add(comment.authorId);
    effects.push({ kind: 'moderate', id: comment.id, target: ban ? `${status}+ban` : status, text: null });
  }
  return { status: 204 };
}

function videos({ world }: ApiContext, { query }: ApiRequest): ApiAnswer {
  const video = world.videos.get(query.get('id') ?? '');
  const thumbnails = { high: { url: `https://i.ytimg.com/vi/${video?.id}/hqdefault.jpg` } };
  const snippet = { title: video?.title, publishedAt: '2026-11-01T08:00:00Z', channelId: world.channelId, thumbnails };
  return { status: 200, body: { items: video ? [{ id: video.id, snippet }] : [] } };
}

const channel = (world: World) => ({
  id: world.channelId,
  snippet: {
    title: 'سیب‌سرخ',
    customUrl: '@sibsorkh',
    thumbnails: { default: { url: 'https://yt3.ggpht.com/own=s88' } },
  },
});
