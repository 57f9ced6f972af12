import type { Catalogue } from '../saying';

/** What programs and operators meet: the protocol, the installation, the queue of jobs. */
export const OPERATING = {
  job_state: [
    'This job is $job; only a parked job can be retried or dropped.',
    'این کار «$job» است. تنها کار کنارگذاشته دوباره اجرا یا رها می‌شود.',
  ],
  subscriber_gone: [
    'No subscriber is called "$name" any more; drop this job.',
    'شنونده‌ای به نام $name دیگر نیست. این کار را رها کنید.',
  ],
  idempotency_form: [
    'Idempotency-Key must be 1 to 200 visible ASCII characters.',
    'سرآیند Idempotency-Key باید ۱ تا ۲۰۰ نویسهٔ ASCII باشد.',
  ],
  idempotency_other: [
    'This Idempotency-Key was used for another request; take a new one.',
    'این Idempotency-Key برای درخواست دیگری به کار رفته است. کلید تازه بدهید.',
  ],
  events_not_kept: [
    'Events after this position are not kept; fetch what you show anew and go on after head.',
    'صفحه عقب مانده است. آن را دوباره بار کنید.',
    'This page fell behind; load it again.',
  ],
  resume_overtaken: [
    'A later resume, or the end of the connection, overtook this one.',
    'اتصال تازه‌تری جای این یکی را گرفت.',
  ],
  socket_flood: ['Too many messages; wait a second.', 'بیش از اندازه پیام آمد. یک ثانیه صبر کنید.'],
  socket_tickets: [
    'Unsubscribe from a ticket first; $max are open on this socket.',
    'هم‌اکنون $max تیکت در این اتصال باز است. نخست یکی را ببندید.',
  ],
  position_form: ['must be a position (a whole number from 0) or null', 'جایگاه (عددی درست از ۰) یا null باشد.'],
  body_too_large: ['A webhook body may have $bytes bytes at most.', 'بدنهٔ وب‌هوک حداکثر $bytes جا دارد.'],
  body_compressed: ['Send the body uncompressed.', 'بدنه را فشرده‌نشده بفرستید.'],
  request_aborted: ['The request ended early.', 'درخواست نیمه‌کاره ماند.'],
  deliveries_flood: [
    'Too many deliveries at once; send it again in a moment.',
    'هم‌زمان تحویل بسیاری آمد. کمی بعد دوباره بفرستید.',
  ],
  workspace_id: ['A workspace id must be a UUID.', 'شناسهٔ فضای کاری باید UUID باشد.'],
  password_damaged: [
    'A stored password is damaged; give this agent a new one.',
    'گذرواژهٔ ذخیره‌شده آسیب دیده است. به این همکار گذرواژهٔ تازه بدهید.',
  ],
  secret_damaged: ['A stored secret does not open; enter it again.', 'رمز ذخیره‌شده باز نمی‌شود. دوباره واردش کنید.'],
  key_missing: [
    'The key $key is not in ENCRYPTION_KEY; add it after the current one.',
    'کلید $key در ENCRYPTION_KEY نیست. آن را پس از کلید کنونی بیفزایید.',
  ],
} satisfies Catalogue;
