type Reply = { kind: 'ok' } | { kind: 'refused' } | { kind: 'no_answer'; reason: string };

/** Why something was not undone at a network, by its reply; null when it was. */
export function whyNot(reply: Reply): string | null {
  if (reply.kind === 'ok') return null;
  return reply.kind === 'no_answer' ? reply.reason : 'The network refuses to end the subscription.';
}
