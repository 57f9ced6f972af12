import { type Step, type StepUrl, STEPS } from './voice-provider';

const PATH = /^\/webhooks\/voice\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Where the provider reaches an attempt's steps. @param base our public address */
export const stepUrl =
  (base: string, accountId: string, attemptId: string): StepUrl =>
  (step) =>
    `${base.replace(/\/$/, '')}/webhooks/voice/${accountId}?step=${step}&attempt=${attemptId}`;

export interface StepAddress {
  accountId: string;
  step: Step;
  attemptId: string;
}

/** Reads an address made by `stepUrl`; null for any other. */
export function readAddress(url: string): StepAddress | null {
  const [path = '', query = ''] = url.split('?', 2);
  const accountId = PATH.exec(path)?.[1];
  const params = new URLSearchParams(query);
  const step = STEPS.find((known) => known === params.get('step'));
  const attemptId = params.get('attempt');
  return accountId && step && attemptId ? { accountId, step, attemptId } : null;
}
