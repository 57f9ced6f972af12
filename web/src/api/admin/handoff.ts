import { queryOptions } from '@tanstack/react-query';
import { request } from '../client';
import { useChange } from './use-change';

/** What is said while a conversation goes on by e-mail, each with the blanks it may hold. */
export const HANDOFF_TEXTS = {
  askPrivate: ['name', 'brand', 'number'],
  askPublic: ['name', 'brand', 'number'],
  confirmAddress: ['address'],
  publicClosing: ['name', 'brand', 'number'],
  privateClosing: ['address', 'name', 'brand', 'number'],
  subject: ['brand', 'number'],
  greeting: ['name', 'brand', 'number'],
  confirmMail: ['brand', 'number'],
  codeSubject: ['brand'],
  codeMail: ['code', 'brand'],
} as const;
export type HandoffText = keyof typeof HANDOFF_TEXTS;
export type HandoffBlank = (typeof HANDOFF_TEXTS)[HandoffText][number];

type BothLanguages = Record<'fa' | 'en', string>;
export type OwnTexts = Partial<Record<HandoffText, Partial<BothLanguages>>>;

export interface HandoffSettingsInput {
  /** Private history is mailed only to a customer who was checked. */
  requiresIdentityCheck: boolean;
  /** How long a passed check holds. */
  identityCheckMinutes: number;
  /** How long a customer who was asked for an address is waited for. */
  addressWaitDays: number;
  texts: OwnTexts;
  version: number;
}

export type HandoffSettings = Omit<HandoffSettingsInput, 'texts'> & {
  ownTexts: OwnTexts;
  /** The product's own, said where the workspace has no words. */
  usualTexts: Record<HandoffText, BothLanguages>;
};

const settingsKey = ['handoff-settings'] as const;

export const handoffSettingsQuery = queryOptions({
  queryKey: settingsKey,
  queryFn: ({ signal }) => request<HandoffSettings>('/handoff-settings', { signal }),
});

export const useSaveHandoffSettings = () =>
  useChange(
    (body: HandoffSettingsInput) => request<HandoffSettings>('/handoff-settings', { method: 'PUT', body }),
    settingsKey,
  );
