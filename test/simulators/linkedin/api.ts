import type { Actions } from './actions';
import type { Comment, Post, World } from './world';

export interface Effect {
  kind: 'comment' | 'reply' | 'edit' | 'delete';
  id: string;
  /** The comment or post it is under. */
  target: string;
  text: string | null;
}

export interface ApiRequest {
  method: string;
  /** Raw path as it came, still encoded. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  /** Listed notifications leave out text and author. */
  bareLists: boolean;
  /** Listings overlook `start`. */
  ignorePaging: boolean;
}

export interface ApiAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const refusal = (status: number, message: string, serviceErrorCode?: number): ApiAnswer => ({
  status,
  body: { status, message, ...(serviceErrorCode === undefined ? {} : { serviceErrorCode }) },
});

const text = (value: unknown, name: string): string => {
  const field = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof field === 'string' ? field : '';
};

/** The versioned REST API as far as a page's comments need it. */
export function answerApi(world: World, effects: Effect[], act: Actions, request: ApiRequest): ApiAnswer {
  const { headers } = request;
  const version = headers['linkedin-version'];
  if (typeof version !== 'string') return refusal(400, 'A version must be present. Please specify a version.');
  if (world.retiredVersions.has(version)) return refusal(426, `Requested version ${version} is not active`, undefined);
  if (headers['x-restli-protocol-version'] !== '2.0.0') return refusal(400, 'Invalid protocol version');
  const token = String(headers['authorization'] ?? '').replace('Bearer ', '');
  const endsAt = world.tokens.get(token);
  if (endsAt === undefined) return refusal(401, 'Invalid access token', 65_600);
  if (endsAt <= world.now()) return refusal(401, 'The token used in the request has expired', 65_601);
  if (/%25/.test(request.path)) return refusal(400, 'Syntax exception in path variables');
  const [resource = '', ...rest] = request.path.split('/').slice(2);
  const parts = rest.map(decodeURIComponent);
  switch (resource) {
    case 'organizationAcls':
      return { status: 200, body: { elements: [role(world)] } };
    case 'organizations':
      return { status: 200, body: { id: Number(parts[0]), localizedName: 'سیب‌سرخ', vanityName: 'sibsorkh' } };
    case 'people':
      return refusal(403, 'Not enough permissions to access: people.GET', 100);
  }
  if (!world.administrator) return refusal(403, 'Not enough permissions', 100);
  switch (resource) {
    case 'organizationalEntityNotifications':
      return notifications(world, request);
    case 'eventSubscriptions':
      return subscriptions(world, request, parts[0] ?? '');
    case 'posts':
      return posts(world, request.query, parts[0]);
    case 'socialActions':
      return socialActions(world, effects, act, request, parts);
  }
  return refusal(404, 'No such resource');
}

const role = (world: World) => ({
  roleAssignee: `urn:li:person:${world.memberId}`,
  state: 'APPROVED',
  role: world.administrator ? 'ADMINISTRATOR' : 'ANALYST',
  organization: world.ownUrn,
});

const page = <T>(items: readonly T[], query: URLSearchParams): T[] => {
  const start = Number(query.get('start') ?? 0);
  return items.slice(start, start + Number(query.get('count') ?? 10));
};

function notifications(world: World, { query, bareLists, ignorePaging }: ApiRequest): ApiAnswer {
  if (ignorePaging) query.delete('start');
  const actions = /^List\((.*)\)$/.exec(query.get('actions') ?? '')?.[1]?.split(',') ?? [];
  const [, start, end] = /^\(start:(\d+)(?:,end:(\d+))?\)$/.exec(query.get('timeRange') ?? '') ?? [];
  if (query.get('q') !== 'criteria' || query.get('organizationalEntity') !== world.ownUrn || start === undefined)
    return refusal(400, 'Invalid query parameters passed to request');
  const fitting = world.notifications
    .filter(({ action }) => actions.includes(action))
    .filter(
      ({ lastModifiedAt: at }) =>
        at >= Number(start) && at <= Number(end ?? Infinity) && at > world.now() - 60 * 86_400_000,
    )
    .toReversed();
  return { status: 200, body: { elements: page(fitting, query).map((one) => world.wire(one, !bareLists)) } };
}

function subscriptions(world: World, { method, body }: ApiRequest, key: string): ApiAnswer {
  if (method === 'PUT') {
    const subscription = { webhook: text(body, 'webhook'), expiresAt: world.now() + 60 * 86_400_000 };
    world.subscriptions.set(key, subscription);
    return { status: 200, body: subscription };
  }
  const subscription = world.subscriptions.get(key);
  if (!subscription) return refusal(404, 'Subscription not found');
  if (method !== 'DELETE') return { status: 200, body: subscription };
  world.subscriptions.delete(key);
  return { status: 204 };
}

const postBody = ({ share, author, commentary, createdMs }: Post) => ({
  id: share,
  author,
  commentary,
  publishedAt: createdMs,
  createdAt: createdMs,
  lastModifiedAt: createdMs,
});

function posts(world: World, query: URLSearchParams, urn: string | undefined): ApiAnswer {
  if (urn === undefined) {
    const own = world.posts.filter(({ author }) => author === query.get('author')).toReversed();
    return { status: 200, body: { elements: page(own, query).map(postBody) } };
  }
  if (urn.startsWith('urn:li:activity:')) return refusal(400, 'Expected share or ugcPost URN');
  const post = world.posts.find(({ share }) => share === urn);
  return post ? { status: 200, body: postBody(post) } : refusal(404, 'Post not found');
}

const commentBody = (world: World, one: Comment) => ({
  id: one.id,
  $URN: one.urn,
  commentUrn: one.urn,
  actor: one.actor,
  object: one.activity,
  message: { attributes: [], text: one.text },
  created: { actor: one.actor, time: one.createdMs },
  lastModified: { actor: one.actor, time: one.modifiedMs },
  ...(one.parent === null ? {} : { parentComment: one.parent }),
  commentsSummary: { totalFirstLevelComments: world.under(one.urn).length },
});

function socialActions(world: World, effects: Effect[], act: Actions, request: ApiRequest, parts: string[]): ApiAnswer {
  const { method, query, body, headers } = request;
  const [target = '', , id] = parts;
  if (id === undefined) {
    if (method === 'POST') return create(world, effects, act, target, body);
    return { status: 200, body: { elements: page(world.under(target), query).map((one) => commentBody(world, one)) } };
  }
  const comment = [...world.comments.values()].find((one) => one.id === id && one.activity === target && !one.removed);
  if (!comment) return refusal(404, 'Comment not found');
  if (method === 'GET') return { status: 200, body: commentBody(world, comment) };
  if (query.get('actor') !== world.ownUrn) return refusal(403, 'Actor does not match', 100);
  if (method === 'DELETE') {
    effects.push({ kind: 'delete', id: comment.urn, target: comment.activity, text: null });
    act.removeComment({ comment: comment.urn });
    return { status: 204 };
  }
  if (headers['x-restli-method'] !== 'PARTIAL_UPDATE') return refusal(400, 'Unsupported method');
  if (comment.actor !== world.ownUrn) return refusal(403, 'Only the author may edit', 100);
  const words = (body as { patch?: { message?: { $set?: { text?: string } } } }).patch?.message?.$set?.text ?? '';
  act.editComment({ comment: comment.urn, text: words });
  effects.push({ kind: 'edit', id: comment.urn, target: comment.activity, text: words });
  return { status: 204 };
}

function create(world: World, effects: Effect[], act: Actions, target: string, body: unknown): ApiAnswer {
  const words = text((body as { message?: unknown }).message, 'text');
  const parentUrn = text(body, 'parentComment');
  const parent = world.comments.get(parentUrn);
  if (text(body, 'actor') !== world.ownUrn) return refusal(403, 'Actor does not match', 100);
  if (words === '' || Array.from(words).length > 1250) return refusal(422, 'Comment text is invalid');
  if (parentUrn !== '' && (!parent || parent.removed)) return refusal(404, 'Parent comment not found');
  if (parent && parent.parent !== null) return refusal(400, 'Parent comment must be a first-level comment');
  const post = world.posts.find(({ share, activity }) => [share, activity].includes(text(body, 'object')));
  const aimed = parent ? [parent.activity, parent.urn] : [post?.share, post?.activity];
  if (!post || !aimed.includes(target)) return refusal(400, 'Object does not match the target');
  const comment = world.addComment(post, world.ownUrn, words, parent ?? null);
  effects.push({ kind: parent ? 'reply' : 'comment', id: comment.urn, target: parent?.urn ?? post.share, text: words });
  act.published(comment);
  return { status: 201, headers: { 'x-restli-id': comment.id }, body: commentBody(world, comment) };
}
