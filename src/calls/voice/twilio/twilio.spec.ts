import type { Bridge, Step } from '../voice-provider';
import { readTwilio } from './parse';
import { remedyFor } from './twilio.errors';
import { twiml } from './twiml';

const bridge: Bridge = {
  to: '+989123456789',
  from: '+982191001234',
  ticketNumber: 12,
  settings: {},
  url: (step: Step) => `https://care.example/webhooks/voice/7?step=${step}&attempt=9`,
};

describe('what Twilio is told to do', () => {
  it('waits for a key before anybody dials the customer', () => {
    const answer = twiml('answer', bridge)!;
    expect(answer).toContain(
      '<Gather input="dtmf" numDigits="1" timeout="8" action="https://care.example/webhooks/voice/7?step=press&amp;attempt=9"',
    );
    expect(answer).not.toContain('Dial');
    expect(answer).not.toContain('98912');
  });

  it('connects the two only once the customer answers, and records nothing', () => {
    const press = twiml('press', bridge)!;
    expect(press).toContain('callerId="+982191001234" answerOnBridge="true" timeout="25" timeLimit="3600"');
    expect(press).toContain('record="do-not-record"');
    expect(press).toMatch(
      /<Number [^>]*statusCallbackEvent="initiated ringing answered completed"[^>]*>\+989123456789<\/Number>/,
    );
    expect(press).not.toContain('whisper');
  });

  it('records only what is announced to the customer first', () => {
    expect(twiml('press', { ...bridge, settings: { recording: {} } })).toContain('do-not-record');
    const settings = { recording: { announcementText: 'این <گفت‌وگو> ضبط می‌شود' } };
    expect(twiml('press', { ...bridge, settings })).toMatch(/record="record-from-answer-dual".*step=whisper/);
    expect(twiml('whisper', { ...bridge, settings })).toContain('<Say>این &lt;گفت‌وگو&gt; ضبط می‌شود</Say>');
  });

  it('hangs up when there is nobody to connect any more', () => {
    for (const step of ['answer', 'press'] as const)
      expect(twiml(step, { ...bridge, to: null })).toBe(
        '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>',
      );
  });

  it('has nothing to say to callbacks', () => {
    for (const step of ['status', 'leg', 'recording'] as const) expect(twiml(step, bridge)).toBeNull();
  });
});

describe('what Twilio tells', () => {
  const read = (step: Step, form: Record<string, string>) =>
    readTwilio(step, Buffer.from(new URLSearchParams(form).toString()));

  it('has one key however often it comes', () => {
    const facts = { CallSid: 'CA1', CallStatus: 'ringing', SequenceNumber: '1' };
    expect(read('status', facts)).toEqual({
      key: 'CA1:1',
      fact: { leg: 'agent', callId: 'CA1', status: 'ringing' },
      pressed: false,
    });
    expect(read('status', { CallSid: 'CA1', CallStatus: 'ringing' })!.key).toBe('CA1:ringing');
  });

  it('asks to be connected by one key only', () => {
    expect(read('press', { CallSid: 'CA1', Digits: '1' })!.pressed).toBe(true);
    expect(read('press', { CallSid: 'CA1', Digits: '2' })!.pressed).toBe(false);
    expect(read('press', { CallSid: 'CA1' })!.pressed).toBe(false);
  });

  it.each([
    ['answered', 'completed'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['something-new', null],
  ])('a dial that was %s', (status, told) => {
    const fact = read('dialed', {
      CallSid: 'CA1',
      DialCallSid: 'CA2',
      DialCallStatus: status,
      DialCallDuration: '61',
    })!.fact;
    expect(fact).toMatchObject({ leg: 'customer', callId: 'CA2', status: told, durationMs: 61_000 });
  });

  it.each([
    ['status', ''],
    ['dialed', 'x=1'],
    ['leg', '\0\xff'],
    ['recording', '{"CallSid":"CA1"}'],
  ] as const)('nothing from a %s without a call', (step, body) =>
    expect(readTwilio(step, Buffer.from(body, 'latin1'))).toBeNull(),
  );
});

describe('a refusal', () => {
  it.each([
    [401, 20003, { kind: 'reconnect' }],
    [429, 20429, { kind: 'retry' }],
    [429, undefined, { kind: 'retry' }],
    [400, 21211, { kind: 'refused', fix: 'agent' }],
    [400, 21210, { kind: 'refused', fix: 'admin' }],
    [400, 21215, { kind: 'refused', fix: 'admin' }],
    [400, 21220, { kind: 'ignore' }],
    [400, 99999, { kind: 'refused', fix: 'admin' }],
  ] as const)('%d %s', (status, code, remedy) => expect(remedyFor(status, code)).toEqual(remedy));
});
