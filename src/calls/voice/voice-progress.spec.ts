import type { CallAttempt } from '../call';
import { progress, verdict, type VoiceFact } from './voice-progress';

const now = new Date('2026-04-04T12:30:00Z');
const fresh: CallAttempt = {
  workspaceId: 'w',
  id: 'a',
  promiseId: 'p',
  n: 1,
  agentId: 'ada',
  provider: 'x',
  accountId: 'acc',
  agentPhone: '+982188776655',
  stage: 'placing',
  askedAt: null,
  agentCallId: null,
  customerCallId: null,
  agentEnd: null,
  customerEnd: null,
  outcome: null,
  note: null,
  overrideReason: null,
  errorCode: null,
  errorMessage: null,
  messageId: null,
  recordingUrl: null,
  recordingId: null,
  durationMs: null,
  startedAt: now,
  answeredAt: null,
  endedAt: null,
  lookAt: null,
};
const agent = (status: VoiceFact['status']): VoiceFact => ({ leg: 'agent', callId: 'A', status });
const customer = (status: VoiceFact['status'], more: Partial<VoiceFact> = {}): VoiceFact => ({
  leg: 'customer',
  callId: 'C',
  status,
  ...more,
});
const after = (facts: readonly VoiceFact[]) => facts.reduce((attempt, fact) => progress(attempt, fact, now), fresh);

const talked = [
  agent('initiated'),
  agent('ringing'),
  agent('in-progress'),
  customer('initiated'),
  customer('ringing'),
  customer('in-progress'),
  customer('completed', { durationMs: 61_000 }),
  agent('completed'),
];

function shuffles<T>(story: readonly T[], times: number): T[][] {
  let seed = 7;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  return Array.from({ length: times }, () =>
    [...story, ...story.filter(() => random() < 0.4)]
      .map((fact) => ({ fact, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ fact }) => fact),
  );
}

describe('a call through a provider', () => {
  it('ends the same in whatever order it is told, however often', () => {
    for (const story of shuffles(talked, 300)) {
      const attempt = after(story);
      expect(attempt).toMatchObject({
        stage: 'ended',
        agentEnd: 'completed',
        customerEnd: 'completed',
        durationMs: 61_000,
      });
      expect(verdict(attempt)).toBeNull(); // they spoke: the agent says how it went
    }
  });

  it('never goes back', () => {
    const ended = after(talked);
    for (const fact of talked) expect(progress(ended, fact, now)).toBe(ended);
    expect(progress(ended, customer('busy'), now).customerEnd).toBe('completed');
  });

  it('is not over while the customer’s end is not known', () => {
    expect(after([agent('in-progress'), customer('ringing'), agent('completed')])).toMatchObject({
      stage: 'customer_ringing',
      endedAt: null,
    });
  });

  it('believes nothing of another call', () => {
    const known = after([agent('ringing')]);
    expect(progress(known, { ...agent('failed'), callId: 'other' }, now)).toBe(known);
  });

  it('takes a recording that comes late', () => {
    const late = progress(after(talked), { ...customer(null), recordingUrl: 'https://x/r', recordingId: 'RE1' }, now);
    expect(late).toMatchObject({ recordingUrl: 'https://x/r', recordingId: 'RE1', stage: 'ended' });
  });

  it.each([
    ['the agent did not pick up', [agent('ringing'), agent('no-answer')], 'agent_unavailable'],
    ['the agent’s voicemail did', [agent('in-progress'), agent('completed')], 'agent_unavailable'],
    ['the customer is engaged', [agent('in-progress'), customer('busy'), agent('completed')], 'busy'],
    ['nobody answers', [agent('in-progress'), customer('no-answer'), agent('completed')], 'no_answer'],
    ['the number leads nowhere', [agent('in-progress'), customer('failed'), agent('completed')], 'unreachable'],
    ['the agent hung up while it rang', [agent('in-progress'), customer('canceled'), agent('completed')], null],
    ['it rings', [agent('in-progress'), customer('ringing')], null],
  ] as const)('%s', (_, facts, outcome) => expect(verdict(after(facts))).toBe(outcome));
});
