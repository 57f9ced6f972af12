import type { Bridge, Step } from '../voice-provider';

const RING_SECONDS = 25; // longer rings end on the customer's voicemail
const LIMIT_SECONDS = 3_600;
const PRESS_SECONDS = 8;

/** What Twilio is to do at a step of a call; null where it only tells. https://www.twilio.com/docs/voice/twiml */
export function twiml(step: Step, bridge: Bridge): string | null {
  switch (step) {
    case 'answer':
      return response(bridge.to === null ? hangup : prompt(bridge) + hangup);
    case 'press':
      return response(bridge.to === null ? hangup : dial(bridge, bridge.to) + hangup);
    case 'whisper':
      return response(announcement(bridge));
    case 'dialed':
      return response(hangup);
    default:
      return null;
  }
}

const hangup = '<Hangup/>';

/** A voicemail never presses 1: the customer is dialled only for a living agent. */
function prompt({ ticketNumber, settings, url }: Bridge): string {
  const words = settings.agentPromptUrl
    ? tag('Play', {}, text(settings.agentPromptUrl))
    : tag('Say', { language: 'en-US' }, text(`Call for ticket ${ticketNumber}. Press 1 to connect the customer.`));
  const listen = { input: 'dtmf', numDigits: 1, timeout: PRESS_SECONDS, action: url('press'), method: 'POST' };
  return tag('Gather', listen, words);
}

function dial({ from, settings, url }: Bridge, to: string): string {
  const record: Record<string, string> = announced(settings)
    ? {
        record: 'record-from-answer-dual',
        recordingStatusCallback: url('recording'),
        recordingStatusCallbackEvent: 'completed',
      }
    : { record: 'do-not-record' };
  const line: Record<string, string | number> = {
    callerId: from,
    answerOnBridge: 'true',
    timeout: settings.ringSeconds ?? RING_SECONDS,
    timeLimit: settings.limitSeconds ?? LIMIT_SECONDS,
    action: url('dialed'),
    method: 'POST',
    ...record,
  };
  const number: Record<string, string | number> = {
    statusCallback: url('leg'),
    statusCallbackEvent: 'initiated ringing answered completed',
    statusCallbackMethod: 'POST',
    ...(announced(settings) ? { url: url('whisper') } : {}),
  };
  return tag('Dial', line, tag('Number', number, text(to)));
}

function announcement({ settings }: Bridge): string {
  const { announcementUrl, announcementText } = settings.recording ?? {};
  if (announcementUrl) return tag('Play', {}, text(announcementUrl));
  return announcementText ? tag('Say', {}, text(announcementText)) : '';
}

/** Nothing is recorded that was not announced. */
const announced = ({ recording }: Bridge['settings']): boolean =>
  Boolean(recording?.announcementUrl || recording?.announcementText);

const response = (inside: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;

const tag = (name: string, attributes: Record<string, string | number>, inside: string) =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${text(String(value))}"`)
    .join('')}>${inside}</${name}>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const text = (value: string) => value.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!);
