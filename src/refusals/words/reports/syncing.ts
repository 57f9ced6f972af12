import type { Catalogue } from '../../saying';

/** The sync with Salesforce, in our words; its own are beside their codes. */
export const SYNCING = {
  crm_several: [
    'Several records in the CRM may be this person; link one by hand.',
    'چند پرونده در CRM می‌تواند این فرد باشد. یکی را دستی پیوند دهید.',
  ],
  crm_refused: [
    'Salesforce refused $what; see the CRM queue for its words.',
    '‏Salesforce چیزی را نپذیرفت ($what). گفته‌اش را در صف CRM ببینید.',
  ],
  crm_paused: [
    'Salesforce takes nothing for now; everything waits and goes on by itself.',
    '‏Salesforce فعلاً چیزی نمی‌گیرد. همه‌چیز می‌ماند و خودبه‌خود ادامه می‌یابد.',
  ],
  crm_login: [
    'Salesforce refuses the login; check the app, the user and the key, then check the connection.',
    '‏Salesforce ورود را نمی‌پذیرد. برنامه، کاربر و کلید را ببینید، سپس اتصال را بیازمایید.',
  ],
  crm_whole: [
    'Salesforce refuses what we send as a whole; check the connection for missing objects and fields.',
    '‏Salesforce هیچ‌یک از فرستاده‌ها را نمی‌پذیرد. اتصال را بیازمایید تا اشیا و فیلدهای ناموجود پیدا شود.',
  ],
  crm_no_reason: ['Salesforce refused the row without a reason.', '‏Salesforce این ردیف را بی هیچ دلیلی نپذیرفت.'],
  crm_answered: ['Salesforce answered $code.', '‏Salesforce پاسخ داد: $code.'],
  crm_rows: ['The answer to $count rows was not as many results.', 'برای $count ردیف به همان شمار پاسخ نیامد.'],
  crm_instance: ['The login named an instance outside Salesforce.', 'ورود به سروری بیرون از Salesforce رسید.'],
  crm_slow: ['No answer in time.', 'به‌موقع پاسخی نیامد.'],
} satisfies Catalogue;
