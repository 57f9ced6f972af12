import type { Step, Told } from '../voice-provider';
import { DEAD_NUMBER } from './twilio.errors';
import { LEG_STATUSES, type LegStatus, type VoiceFact } from '../voice-progress';

/** What a form posted by Twilio tells at a step; null when it names no call. */
export function readTwilio(step: Step, body: Buffer): Told | null {
  const form = new URLSearchParams(body.toString('utf8'));
  const callId = form.get('CallSid');
  if (!callId) return null;
  switch (step) {
    case 'status':
      return { ...told(`${callId}:${placeOf(form)}`), fact: legFact('agent', callId, form.get('CallStatus'), form) };
    case 'leg':
      return { ...told(`${callId}:${placeOf(form)}`), fact: legFact('customer', callId, form.get('CallStatus'), form) };
    case 'answer':
      return { ...told(`${callId}:answer`), fact: { leg: 'agent', callId, status: 'in-progress' } };
    case 'press':
      return {
        ...told(`${callId}:press:${form.get('Digits') ?? ''}`),
        fact: { leg: 'agent', callId, status: 'in-progress' },
        pressed: form.get('Digits') === '1',
      };
    case 'dialed':
      return { ...told(`${callId}:dialed`), fact: dialed(form) };
    case 'recording':
      return { ...told(`${form.get('RecordingSid') ?? callId}:recorded`), fact: recorded(form) };
    case 'whisper':
      return told(`${callId}:whisper`);
  }
}

const told = (key: string): Told => ({ key, fact: null, pressed: false });

/** One leg tells each place of its sequence once; older callbacks have only their status. */
const placeOf = (form: URLSearchParams) => form.get('SequenceNumber') ?? form.get('CallStatus') ?? '';

function legFact(leg: VoiceFact['leg'], callId: string, status: string | null, form: URLSearchParams): VoiceFact {
  return {
    leg,
    callId,
    status: statusOf(status),
    durationMs: seconds(form.get('CallDuration')),
    ...errorOf(form),
  };
}

/** `action` of the Dial: how the customer's leg ended. It has no call of its own when the number was not even tried. */
function dialed(form: URLSearchParams): VoiceFact {
  const status = form.get('DialCallStatus');
  return {
    leg: 'customer',
    callId: form.get('DialCallSid') ?? `none:${form.get('CallSid')}`,
    status: status === 'answered' ? 'completed' : statusOf(status),
    durationMs: seconds(form.get('DialCallDuration')),
    recordingUrl: form.get('RecordingUrl') ?? undefined,
    ...errorOf(form),
  };
}

function errorOf(form: URLSearchParams): Pick<VoiceFact, 'errorCode' | 'deadNumber'> {
  const errorCode = form.get('ErrorCode');
  return errorCode ? { errorCode, ...(DEAD_NUMBER.has(errorCode) ? { deadNumber: true } : {}) } : {};
}

/** Recordings of a Dial are told on the agent's leg. */
const recorded = (form: URLSearchParams): VoiceFact => ({
  leg: 'agent',
  callId: form.get('CallSid')!,
  status: null,
  recordingUrl: form.get('RecordingUrl') ?? undefined,
  recordingId: form.get('RecordingSid') ?? undefined,
});

/** Statuses that are not known say nothing of how far a call got. */
export const statusOf = (status: string | null): LegStatus | null =>
  LEG_STATUSES.find((known) => known === status) ?? null;

const seconds = (text: string | null): number | undefined =>
  text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
