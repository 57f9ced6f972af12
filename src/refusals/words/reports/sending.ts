import type { Catalogue } from '../../saying';

/** What is true of every network: the line, the proxy, files, and what our own sending says. */
export const SENDING = {
  send_not_its_time: ['It is not its time yet.', 'هنوز نوبتش نرسیده است.'],
  done_meanwhile: [
    'This ticket was settled or joined meanwhile, so nothing was written there.',
    'این تیکت در این میان بسته یا با تیکت دیگری یکی شد؛ چیزی آنجا نوشته نشد.',
  ],
  send_secrets_closed: [
    'The channel’s secrets do not open.',
    'اطلاعات ورود کانال خوانده نمی‌شود؛ مدیر باید آن را دوباره وارد کند.',
    'The channel’s credentials cannot be read; an admin has to enter them again.',
  ],
  send_deleted: ['It was deleted before it was sent.', 'پیش از ارسال حذف شد.'],
  send_thread_unread: ['The thread could not be read.', 'گفت‌وگو خوانده نشد.'],
  send_outcome_unknown: [
    'Nobody can say whether it arrived: $said Look at the network, then send it again or give it up.',
    'معلوم نیست رسیده باشد: $said در خود شبکه ببینید، سپس دوباره بفرستید یا رهایش کنید.',
  ],
  notice_interrupted: [
    'The sending broke off, and nobody can say whether it arrived. Look at the network before sending it again.',
    'ارسال نیمه‌کاره ماند و معلوم نیست رسیده باشد. پیش از ارسال دوباره، خود شبکه را ببینید.',
  ],
  send_absent: ['It is certainly not there; sending it again.', 'بی‌گمان نرسیده است. دوباره فرستاده می‌شود.'],
  send_file_moment: ['The file cannot be read at the moment.', 'فایل اکنون خوانده نمی‌شود.'],
  send_pause: ['The network asked for a longer pause.', 'شبکه خواست بیشتر صبر کنیم.'],
  send_call_broke: ['The call broke off.', 'فراخوانی نیمه‌کاره ماند.'],
  send_not_yet: ['not yet', 'هنوز نه.', 'Not yet.'],
  moderate_object_gone: ['The message is not there any more.', 'این پیام دیگر در آنجا نیست.'],
  mark_of_a_silent_job: ['Its runner went silent on try $number.', 'در تلاش $number از اجراکننده‌اش خبری نشد.'],
  job_handler_missing: ['No handler is registered for the job "$name".', 'کاری با نام $name شناخته نیست.'],
  job_taken_over: [
    'Another job has taken this sync over; it sends what is left.',
    'کار دیگری این همگام‌سازی را به عهده گرفته است و مانده‌ها را می‌فرستد.',
  ],
  job_lease_gone: [
    'The lease of job $job is gone; whoever holds it now does the work.',
    'نوبت کار $job گذشته است. هر که اکنون آن را دارد انجامش می‌دهد.',
  ],

  line_bad_address: ['The address is not a URL.', 'نشانی درست نیست.'],
  line_answer_large: ['The answer is too large.', 'پاسخ بیش از اندازه بزرگ است.'],
  line_unreachable: ['$host cannot be reached ($code).', 'سرور $host در دسترس نیست ($code).'],
  line_port: [
    '$host is on a port that is not called (Fetch standard).',
    'سرور $host روی درگاهی است که فراخوانده نمی‌شود.',
  ],
  line_slow: ['$host did not answer in time.', 'سرور $host به‌موقع پاسخ نداد.'],
  line_ended: ['The call was ended here.', 'فراخوانی از سوی ما پایان یافت.'],
  line_broke: ['The connection to $host broke ($code).', 'اتصال به $host قطع شد ($code).'],
  line_proxy: ['The proxy makes no connection.', 'پروکسی اتصال برقرار نمی‌کند.'],
  channel_silent: ['The channel cannot be asked at the moment.', 'اکنون نمی‌توان از کانال پرسید.'],
  channel_gone: ['The channel is not connected.', 'این کانال وصل نیست.'],
  credentials_closed: ['Its credentials do not open.', 'اعتبارنامه‌اش باز نمی‌شود. دوباره واردش کنید.'],
  subscription_stays: ['The network refuses to end the subscription.', 'شبکه پایان دادن به اشتراک را نمی‌پذیرد.'],
  consent_no_code: ['The network gave no code.', 'شبکه کد اجازه را نداد.'],
  consent_not_taken: ['The answer of the network was not taken up.', 'پاسخ شبکه به کار گرفته نشد. از نو آغاز کنید.'],
  reading_broke: ['The reading broke off.', 'خواندن نیمه‌کاره ماند.'],
  reading_line: ['The connection broke.', 'اتصال قطع شد.'],
  reading_budget: [
    'What a day of reading may cost is used up; it goes on tomorrow (UTC).',
    'سقف هزینهٔ خواندن امروز پر شده است و فردا (به وقت UTC) ادامه می‌یابد.',
  ],

  file_no_address: ['There is no address to fetch it from.', 'نشانی‌ای برای گرفتنش نیست.'],
  file_lookup: ['The look-up broke off.', 'پرس‌وجو نیمه‌کاره ماند.'],
  file_limit: ['The file is larger than $bytes bytes.', 'فایل بزرگ‌تر از $bytes است.'],
  file_store_put: ['The file store answered $status to a put.', 'انبار فایل در نوشتن پاسخ داد: $status.'],
  file_store_delete: ['The file store answered $status to a delete.', 'انبار فایل در حذف پاسخ داد: $status.'],
  file_store_get: ['The file store answered $status to a get.', 'انبار فایل در خواندن پاسخ داد: $status.'],
  file_private: ['$host does not lead to the public internet.', 'نشانی $host به اینترنت عمومی نمی‌رسد.'],
  file_bad_redirect: ['It leads to an address that is none.', 'به نشانی نادرستی می‌رسد.'],
  file_redirects: ['It leads on and on.', 'پی‌درپی به نشانی دیگری می‌برد.'],
  file_slow: ['The file did not come in time.', 'فایل به‌موقع نرسید.'],
  file_scheme: ['Files are not fetched by $scheme', 'فایل با $scheme گرفته نمی‌شود.'],
  file_credentials: ['The address carries a name and a password.', 'نشانی نام و گذرواژه در خود دارد.'],
  file_foreign_host: ['$host is not a host of this network.', 'نشانی $host از آنِ این شبکه نیست.'],
  file_not_public: ['The address is not on the public internet.', 'نشانی روی اینترنت عمومی نیست.'],
  file_answered: ['The network answered $status.', 'شبکه پاسخ داد: $status.'],
  file_other_bytes: ['The bytes are not those the network announced.', 'فایل آن نیست که شبکه گفته بود.'],

  hook_address: ['The address $said.', 'نشانی وب‌هوک درست نیست: $said'],

  service_answers: ['The service answers HTTP $status.', 'سرویس پاسخ داد: ⁨HTTP $status⁩.'],
  service_says: ['The service says: $words.', 'سرویس می‌گوید: $words.'],
  service_no_pull: ['The channel has no pullUrl.', 'این کانال pullUrl ندارد.'],
  service_ability: [
    'The service does not list $name among its abilities.',
    'سرویس $name را در توانایی‌های خود نیاورده است.',
  ],
  service_no_delivery: [
    'The channel has no deliveryUrl. Enter where answers are to be posted.',
    'این کانال deliveryUrl ندارد. نشانی فرستادن پاسخ‌ها را وارد کنید.',
  ],
  service_reply_kind: ['A $audience reply is not possible here.', 'پاسخ $audience در اینجا ممکن نیست.'],
  service_text_long: [
    'The text has $length of at most $max $unit. Shorten it.',
    'متن $length $unit است و حداکثر $max $unit جا دارد. کوتاهش کنید.',
  ],
  service_many_files: [
    'Too many attachments for one message. Send them in several.',
    'پیوست‌ها برای یک پیام زیاد است. آن‌ها را در چند پیام بفرستید.',
  ],
  service_unnamed: [
    'The service took it (HTTP $status) and has not named it yet.',
    'سرویس آن را گرفت (⁨HTTP $status⁩) اما هنوز شناسه‌اش را نگفته است.',
  ],
  service_signature: [
    'The service refuses our signature. Check the secret.',
    'سرویس امضای ما را نمی‌پذیرد. رمز را بررسی کنید.',
  ],
  service_person_gone: ['This person or thread is not there any more.', 'این فرد یا گفت‌وگو دیگر نیست.'],
  service_large: ['The service finds the message too large.', 'به نظر سرویس پیام بیش از اندازه بزرگ است.'],
  service_refuses: ['The service refuses the message.', 'سرویس پیام را نمی‌پذیرد.'],
  service_later: ['Come back later.', 'سرویس می‌خواهد دیرتر بیاییم.'],
  service_early: ['Too early.', 'هنوز زود است.'],
  service_doubt: [
    'The service failed, and whether it was sent is open.',
    'سرویس خطا داد و معلوم نیست پیام فرستاده شده باشد.',
  ],
  service_unknown: ['The service answers in a way we do not know.', 'سرویس به‌گونه‌ای پاسخ می‌دهد که نمی‌شناسیم.'],
  service_pull_signature: [
    'pullUrl refuses our signature (HTTP $status).',
    '‏pullUrl امضای ما را نمی‌پذیرد (⁨HTTP $status⁩).',
  ],

  chat_private: [
    'Web chat is private: there is nothing to hide, delete or like.',
    'چت سایت خصوصی است: چیزی برای پنهان، حذف یا پسند کردن نیست.',
  ],

  call_unsaid: ['Nobody said how this call went.', 'کسی نگفت این تماس چه شد.'],
  call_line_busy: ['The line was busy for too long; begin again.', 'خط بیش از اندازه مشغول بود. از نو آغاز کنید.'],
  call_other_first: ['Another call goes out first.', 'نخست تماس دیگری گرفته می‌شود.'],
  call_not_ended: ['The call could not be ended.', 'تماس پایان نیافت.'],
  call_unknown_there: [
    'The provider knows nothing of this call; begin again.',
    'ارائه‌دهنده این تماس را نمی‌شناسد. از نو آغاز کنید.',
  ],
  call_not_taken: [
    'The provider did not say whether it took the call; begin again.',
    'ارائه‌دهنده نگفت تماس را گرفته است یا نه. از نو آغاز کنید.',
  ],
  twilio_unnamed: ['Twilio took the call and named none.', '‏Twilio تماس را گرفت اما شناسه‌اش را نگفت.'],
  twilio_answered: ['Twilio answered $status.', '‏Twilio پاسخ داد: $status.'],
} satisfies Catalogue;
