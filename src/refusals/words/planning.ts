import type { Catalogue } from '../saying';

/** Calendars, SLA policies, queues, calls, surveys and reports. */
export const PLANNING = {
  calendar_changed: [
    'Someone changed this calendar meanwhile; load it again.',
    'در این میان کسی این تقویم را تغییر داده است. آن را دوباره بار کنید.',
  ],
  calendar_name_taken: [
    'There is a calendar of this name already; choose another.',
    'تقویمی به این نام هست. نام دیگری بدهید.',
  ],
  calendar_in_use: [
    'This calendar is in use by $users; give those another calendar first.',
    'این تقویم به کار رفته است: $users. نخست تقویم آن‌ها را عوض کنید.',
  ],
  calendar_default: [
    'This is the workspace’s default calendar; make another one the default first.',
    'این تقویم پیش‌فرض است. نخست تقویم دیگری را پیش‌فرض کنید.',
  ],
  calendar_foreign: ['must be a calendar of this workspace', 'این تقویم دیگر نیست. یکی دیگر برگزینید.'],
  calendar_not_ours: ['is not a calendar of this workspace', 'این تقویم دیگر نیست. یکی دیگر برگزینید.'],
  calendar_never_opens: [
    'These business hours never open long enough; give the calendar more hours.',
    'این ساعت کاری هرگز به اندازه باز نیست. به تقویم ساعت بیفزایید.',
  ],
  calendar_opens_too_little: [
    'This calendar never opens long enough; give it more hours.',
    'این تقویم هرگز به اندازه باز نیست. به آن ساعت بیفزایید.',
  ],
  no_such_holiday: ['There is no such holiday in this calendar.', 'این تعطیلی در این تقویم نیست.'],
  holidays_at_most: [
    'a calendar holds $max holidays; remove old ones first',
    'هر تقویم $max تعطیلی جا دارد. نخست کهنه‌ها را حذف کنید.',
  ],
  holiday_comes_once: [
    'this holiday comes once: change its dates instead',
    'این تعطیلی یک‌بار می‌آید. تاریخ خودش را تغییر دهید.',
  ],
  holiday_not_that_day: [
    'by its rule this holiday is not on that day, but on $days',
    'این تعطیلی به حساب خودش آن روز نیست. روزش: $days.',
  ],
  holiday_moved_far: ['must be within $max days of the date', 'تا $max روز پس و پیش آن تاریخ باشد.'],
  zone_name: ['must be the name of a time zone, like Asia/Tehran', 'نام یک منطقهٔ زمانی باشد، مانند Asia/Tehran.'],
  closure_without_hours: [
    'a closure of hours has none of its own; give it other instants',
    'بستن موقت ساعت جداگانه ندارد. آغاز و پایانش را تغییر دهید.',
  ],
  stretch_order: [
    'each stretch begins before midnight (0 to 1439) and ends after it begins (up to 2880)',
    'هر بازه پیش از نیمه‌شب آغاز می‌شود و پس از آغازش پایان می‌یابد.',
    'Each stretch begins before midnight and ends after it begins.',
  ],
  stretches_overlap: [
    'two stretches of the day overlap; make them one',
    'دو بازهٔ این روز روی هم افتاده‌اند. یکی‌شان کنید.',
  ],
  last_day: ['must be on or after the date, and within a year of it', 'همان روز یا پس از آن و تا یک سال باشد.'],
  gregorian: ['must be a Gregorian date, YYYY-MM-DD, of 1900 to 2199', 'تاریخی میلادی از ۱۹۰۰ تا ۲۱۹۹ باشد.'],
  no_such_day: ['there is no such day in that month', 'آن ماه چنین روزی ندارد.'],
  ends_after_beginning: ['must end after it begins, and within a year', 'پس از آغاز و تا یک سال پایان یابد.'],
  after_beginning: ['must be after the beginning', 'پس از آغاز باشد.'],
  span_of_days: [
    'must be on or after from, and at most $max days later',
    'همان روز یا پس از آغاز و حداکثر $max روز دیرتر باشد.',
    'Must be on or after the beginning, and at most $max days later.',
  ],
  span_93: [
    'must be after from, by at most 93 days',
    'پس از آغاز و حداکثر ۹۳ روز دیرتر باشد.',
    'Must be after the beginning, by 93 days at most.',
  ],
  queue_overflow: ['Choose another queue of this team to overflow to.', 'برای سرریز صف دیگری از همین تیم برگزینید.'],
  queue_overflow_field: ['is not another queue of the team', 'صف دیگری از همین تیم برگزینید.'],
  queues_at_most: [
    'There are $max queues already; remove one that is not needed.',
    'هم‌اکنون $max صف هست. یکی را که لازم نیست بردارید.',
  ],
  queue_name_taken: [
    'This team has a queue of this name already; choose another.',
    'این تیم صفی به این نام دارد. نام دیگری بدهید.',
  ],

  call_ended: ['This call is $call; promise another one.', 'این تماس «$call» است. تماس دیگری قول دهید.'],
  call_under_way: ['This call is being made; say how it went first.', 'این تماس در جریان است. نخست بگویید چه شد.'],
  call_under_way_instead: [
    'This call is being made; say how it went instead.',
    'این تماس در جریان است. به جای آن بگویید چه شد.',
  ],
  call_without_time: [
    'No time is agreed for this call; give it a window first.',
    'زمانی برای این تماس قرار نشده است. نخست زمانش را بدهید.',
  ],
  call_claim_before: ['Claim this call before you begin it.', 'پیش از آغاز، این تماس را بردارید.'],
  call_claim_first: ['Claim this call first.', 'نخست این تماس را بردارید.'],
  call_needs_ticket: [
    'There is no ticket under work here; a call belongs to one.',
    'اینجا تیکتی در دست کار نیست و تماس به تیکت نیاز دارد.',
  ],
  call_promised: [
    'A call is promised on this ticket already; change its time instead.',
    'برای این تیکت تماسی قول داده شده است. زمان همان را تغییر دهید.',
  ],
  call_unwanted: [
    'They asked not to be called; write to them instead.',
    'مشتری خواسته است با او تماس نگیرند. به او بنویسید.',
  ],
  call_not_begun: [
    'Nothing is being called here; begin the call first.',
    'تماسی در جریان نیست. نخست تماس را آغاز کنید.',
  ],
  call_of_another: ['Another agent has this call in hand.', 'این تماس در دست همکار دیگری است.'],
  person_being_called: [
    'Another agent is calling this person right now; take the next call.',
    'همکار دیگری هم‌اکنون با این مشتری تماس می‌گیرد. تماس بعدی را بردارید.',
  ],
  call_in_hand: [
    'You have a call in hand; finish it or give it back first.',
    'تماسی در دست دارید. نخست آن را تمام کنید یا پس دهید.',
  ],
  call_consent: [
    'given must be true: without the customer’s consent nobody calls',
    'بی رضایت مشتری کسی تماس نمی‌گیرد. رضایتش را ثبت کنید.',
    'Without the customer’s consent nobody calls.',
  ],
  call_brief: ['brief must have two lines at most', 'حداکثر در دو سطر بنویسید.', 'Two lines at most.'],
  call_via: ['via must be tel or a voice account’s id', 'با تلفن خودتان یا با یک حساب تلفن باشد.'],
  call_note_needed: [
    'is needed: what was said, for whoever reads this ticket next',
    'بنویسید چه گفته شد، برای کسی که پس از شما این تیکت را می‌خواند.',
    'Write what was said, for whoever reads this ticket next.',
  ],
  call_follow_up_only: [
    'belongs to answered_follow_up',
    'تنها با «قول تماسی دیگر» می‌آید.',
    'Goes with the promise of another call only.',
  ],
  call_reason_needed: [
    'is needed: it is not the time that was promised',
    'این زمانِ قول‌داده‌شده نیست. دلیلش را بنویسید.',
    'This is not the time that was promised; say why.',
  ],
  phone_unknown: ['is not known; ask the customer for it', 'شماره دانسته نیست. از مشتری بپرسید.'],
  phone_none: [
    'is no phone number; ask for it again, with its country',
    'شمارهٔ تلفن نیست. آن را با کد کشور دوباره بپرسید.',
  ],
  phone_iranian: [
    'is no Iranian mobile number: after 0 or +98 it has 9 and nine more digits',
    'شمارهٔ همراه ایران نیست: پس از ۰ یا ‎+98 یک ۹ و نه رقم دیگر می‌آید.',
  ],
  phone_not_given_out: [
    'is not a number that is given out; ask for it again',
    'چنین شماره‌ای واگذار نشده است. آن را دوباره بپرسید.',
  ],
  slot_full: ['is full', 'این زمان پر است. زمان دیگری برگزینید.'],
  slot_passed: ['has passed', 'این زمان گذشته است.'],
  slot_grid: ['must be on a slot of $minutes minutes', 'روی نوبت‌های $minutes دقیقه‌ای باشد.'],
  slot_order: ['must be after windowStart', 'پس از آغاز باشد.', 'Must be after the beginning.'],
  slot_wide: [
    'must be at most $hours hours after windowStart',
    'حداکثر $hours ساعت پس از آغاز باشد.',
    'At most $hours hours after the beginning.',
  ],
  slot_far: ['must be within 60 days', 'تا ۶۰ روز آینده باشد.'],
  slot_closed: ['is outside the opening hours', 'بیرون از ساعت کاری است.'],
  voice_account_foreign: ['is no voice account of this workspace', 'این حساب تلفن دیگر نیست.'],
  voice_account_twice: ['This account is connected with this number already.', 'این حساب با همین شماره وصل است.'],
  voice_account_broken: [
    'This voice account does not work; an admin must look at it.',
    'این حساب تلفن کار نمی‌کند. مدیر سامانه باید آن را ببیند.',
  ],
  voice_public_url: [
    'Set PUBLIC_URL: the provider must be able to reach us during a call.',
    'مدیر سامانه PUBLIC_URL را تنظیم کند تا سرویس تلفن هنگام تماس به ما برسد.',
  ],
  voice_missing: ['Calls through $network are not part of this installation.', 'تماس با $network در این نصب نیست.'],
  voice_desk_phone: [
    'rings your desk phone first; say which that is (PUT /call-desk)',
    'نخست تلفن خودتان زنگ می‌خورد. شماره‌اش را در صفحهٔ «من» وارد کنید.',
    'Rings your desk phone first; say on your page which that is.',
  ],
  voice_credential: ['is not known for this provider, or no text', 'این سرویس چنین چیزی نمی‌شناسد.'],
  twilio_sid: ['must be the account’s SID: AC and 32 letters and digits', 'شناسهٔ SID حساب باشد: AC و ۳۲ حرف و رقم.'],

  survey_span: [
    'must be before `to`, by 400 days at most',
    'پیش از پایان و حداکثر ۴۰۰ روز زودتر باشد.',
    'Must be before the end, by 400 days at most.',
  ],
  report_too_long: [
    'This report takes too long; ask for a shorter time.',
    'این گزارش بیش از اندازه طول می‌کشد. زمان کوتاه‌تری بدهید.',
  ],
  report_order: ['must be after from', 'پس از آغاز باشد.', 'Must be after the beginning.'],
  report_span: [
    'must be within 400 days of from',
    'تا ۴۰۰ روز پس از آغاز باشد.',
    'Must be within 400 days of the beginning.',
  ],
} satisfies Catalogue;
