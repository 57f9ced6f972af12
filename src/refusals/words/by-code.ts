import type { ErrorCode } from '../../platform/errors';
import type { Words } from '../../text/words';

/** What is said where a refusal has no sentence of its own in the catalogue: by its kind. */
export const BY_CODE: Readonly<Record<ErrorCode | 'internal', Words>> = {
  bad_request: { fa: 'این درخواست فهمیده نشد. آن را درست کنید.', en: 'The request was not understood; correct it.' },
  validation_failed: {
    fa: 'چیزی در این فرم پذیرفته نشد. آن را درست کنید.',
    en: 'Something in this form was not accepted; correct it.',
  },
  unauthenticated: { fa: 'وارد شوید.', en: 'Sign in.' },
  csrf_failed: {
    fa: 'این صفحه کهنه شده است. آن را دوباره بار کنید.',
    en: 'This page has grown old; load it again.',
  },
  forbidden: {
    fa: 'اجازهٔ این کار را ندارید. از مدیر دسترسی بخواهید.',
    en: 'You may not do this; ask an admin.',
  },
  not_found: {
    fa: 'پیدا نشد: شاید حذف شده یا به شما نمایش داده نمی‌شود.',
    en: 'Not found: it may be deleted, or you may not see it.',
  },
  conflict: {
    fa: 'در این میان چیزی تغییر کرده است. دوباره بار کنید و از نو انجام دهید.',
    en: 'Something changed meanwhile; load it again and repeat.',
  },
  already_claimed: { fa: 'کس دیگری این را برداشته است.', en: 'Someone else has taken this.' },
  capacity_full: { fa: 'ظرفیت پر است. نخست یکی را تمام کنید.', en: 'There is no room left; finish one first.' },
  stale_reply: {
    fa: 'پیام تازه‌تری هست که ندیده‌اید. آن را بخوانید، سپس بفرستید.',
    en: 'There is a newer message you have not seen; read it, then send.',
  },
  idempotency_key_reused: {
    fa: 'این کلید تکرار پیش‌تر برای درخواست دیگری به کار رفته است. کلید تازه بدهید.',
    en: 'This idempotency key belongs to another request; take a new one.',
  },
  idempotency_in_progress: {
    fa: 'همین درخواست در حال انجام است. کمی بعد نتیجه را ببینید.',
    en: 'The same request is under way; look again in a moment.',
  },
  invalid_transition: {
    fa: 'از وضعیت کنونی نمی‌توان به آن وضعیت رفت.',
    en: 'It cannot go there from where it stands.',
  },
  send_refused: { fa: 'این پاسخ اکنون فرستاده نمی‌شود.', en: 'This cannot be sent now.' },
  capability_missing: { fa: 'این شبکه چنین کاری ندارد.', en: 'This network cannot do that.' },
  payload_too_large: {
    fa: 'بیش از اندازه بزرگ است. کوچک‌ترش کنید.',
    en: 'This is too large; make it smaller.',
  },
  storage_full: {
    fa: 'جای پرونده‌ها پر است. از مدیر سامانه بخواهید سقف آن را بیشتر کند.',
    en: 'The store of files is full; ask an admin to raise its limit.',
  },
  unsupported_media_type: { fa: 'این قالب پذیرفته نمی‌شود.', en: 'This format is not accepted.' },
  rate_limited: { fa: 'بیش از اندازه تکرار شد. کمی بعد دوباره تلاش کنید.', en: 'Too often; try again later.' },
  resync: { fa: 'صفحه عقب مانده است. آن را دوباره بار کنید.', en: 'This page fell behind; load it again.' },
  unavailable: { fa: 'سرور سرگرم است. کمی بعد دوباره تلاش کنید.', en: 'The server is busy; try again in a moment.' },
  misconfigured: {
    fa: 'تنظیمی درست نیست. به مدیر سامانه بگویید.',
    en: 'Something is set up wrongly; tell an admin.',
  },
  internal: {
    fa: 'مشکلی از سوی ما پیش آمد و ثبت شد. دوباره تلاش کنید.',
    en: 'Something broke on our side; it has been logged. Try again.',
  },
};
