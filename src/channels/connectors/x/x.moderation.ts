import type { ModerationAction, ModerationTarget } from '../../capabilities';
import type { ConnectedChannel } from '../../channel';
import type { SendOutcome } from '../../sending';
import type { XCall, XClient } from './x.client';
import { flag } from './x.settings';

/** Each action ends in the same state however often it is done, so doubt is answered by doing it again. */
export async function moderatePost(
  client: XClient,
  channel: ConnectedChannel,
  action: ModerationAction,
  target: ModerationTarget,
): Promise<SendOutcome> {
  const planned = planModeration(channel, action, target);
  if ('status' in planned) return planned;
  const externalId = target.messageExternalId;
  const reply = await client.call(planned);
  if (reply.kind === 'ok') return { status: 'sent', externalId };
  const outcome = client.repeatable(reply, 'moderation');
  const gone = outcome.status === 'failed' && outcome.code === 'gone';
  return gone && (action === 'delete' || action === 'unlike') ? { status: 'sent', externalId } : outcome;
}

function planModeration(
  { externalId, settings }: ConnectedChannel,
  action: ModerationAction,
  { messageExternalId, authorExternalId, threadKind }: ModerationTarget,
): XCall | SendOutcome {
  if (threadKind === 'dm' && action !== 'delete')
    return failed('capability_missing', 'agent', 'X lets an app delete its own direct messages only.');
  switch (action) {
    case 'hide':
    case 'unhide':
      return { method: 'PUT', path: ['tweets', messageExternalId, 'hidden'], body: { hidden: action === 'hide' } };
    case 'delete':
      if (authorExternalId !== undefined && authorExternalId !== externalId)
        return failed(
          'not_ours',
          'agent',
          'X lets an account delete only what it wrote itself. Hide the reply instead.',
        );
      return { method: 'DELETE', path: [threadKind === 'dm' ? 'dm_events' : 'tweets', messageExternalId] };
    case 'like':
    case 'unlike': {
      // Since 20 April 2026 apps like posts only with an enterprise plan (docs.x.com, changelog).
      if (!flag(settings, 'enterprise'))
        return failed(
          'not_in_plan',
          'admin',
          'X lets an app like posts only with an enterprise plan; the setting `enterprise` says so.',
        );
      const likes = ['users', externalId, 'likes'];
      return action === 'like'
        ? { method: 'POST', path: likes, body: { tweet_id: messageExternalId } }
        : { method: 'DELETE', path: [...likes, messageExternalId] };
    }
    case 'block':
    case 'unblock':
      return failed('capability_missing', 'agent', 'Blocking is not possible here; do it on X.');
  }
}

const failed = (code: string, fix: 'agent' | 'admin', reason: string): SendOutcome => ({
  status: 'failed',
  code,
  fix,
  reason,
});
