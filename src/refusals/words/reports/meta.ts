import type { Catalogue } from '../../saying';

/** What Meta’s networks and WhatsApp say, and what we say of them. */
export const META = {
  meta_rate: ['Meta limits the rate of calls.', 'متا شمار فراخوانی‌ها را محدود کرده است.'],
  meta_allowance: ['The allowance of calls is used up.', 'سهمیهٔ فراخوانی به پایان رسیده است.'],
  meta_window: [
    'The time to answer this person has passed. A human may use the longer window, or wait for a new message.',
    'مهلت پاسخ به این فرد گذشته است. کارشناس می‌تواند از مهلت بلندتر استفاده کند یا منتظر پیام تازه بماند.',
  ],
  meta_person_gone: [
    'This person cannot be reached any more (blocked, left, or turned messages off).',
    'این فرد دیگر در دسترس نیست (مسدود کرده، رفته یا پیام‌هایش را بسته است).',
  ],
  meta_permission: [
    'The app lacks a permission or feature for this. Grant it in Meta and reconnect the channel.',
    'برنامه برای این کار مجوز یا قابلیت لازم را ندارد. آن را در متا بدهید و کانال را دوباره وصل کنید.',
  ],
  meta_refuses_content: ['Meta refuses the content or a parameter.', 'متا محتوا یا یکی از پارامترها را نمی‌پذیرد.'],
  meta_attachment: ['The attachment is too large or missing.', 'پیوست بیش از اندازه بزرگ است یا وجود ندارد.'],
  meta_fetch: ['Meta could not fetch the attachment.', 'متا نتوانست پیوست را بگیرد.'],
  meta_blocked: ['Messaging this person is blocked or not possible.', 'پیام دادن به این فرد مسدود شده یا ممکن نیست.'],
  meta_no_person: ['The recipient does not exist for this account.', 'گیرنده برای این حساب وجود ندارد.'],
  meta_elsewhere: [
    'Another app owns this thread. Take control of it in Meta before answering.',
    'این گفت‌وگو در اختیار برنامهٔ دیگری است. پیش از پاسخ، در متا اختیارش را بگیرید.',
  ],
  meta_private_used: [
    'The one private reply to this comment is used up, or its time has passed.',
    'تنها پاسخ خصوصیِ این نظر داده شده یا مهلتش گذشته است.',
  ],
  meta_reconnect: ['Reconnect the channel.', 'کانال را دوباره وصل کنید.'],
  meta_token: ['Meta refuses the access token.', 'متا توکن دسترسی را نمی‌پذیرد.'],
  meta_doubt: [
    'Meta failed in a way that leaves open whether it was sent.',
    'متا خطا داد و معلوم نیست پیام فرستاده شده باشد.',
  ],
  meta_page_restricted: ['The Page is restricted for a while.', 'این صفحه چندی محدود شده است.'],
  meta_object_gone: [
    'The comment or message is gone or not visible any more.',
    'این نظر یا پیام حذف شده یا دیگر دیده نمی‌شود.',
  ],
  meta_app_removed: ['The app was removed from the account.', 'برنامه از حساب برداشته شده است.'],
  meta_checkpoint: ['Meta asks the owner to confirm the login.', 'متا از صاحب حساب می‌خواهد ورود را تأیید کند.'],
  meta_password: ['The owner changed the password.', 'صاحب حساب گذرواژه را عوض کرده است.'],
  meta_token_expired: ['The access token has expired.', 'مهلت توکن دسترسی به پایان رسیده است.'],
  meta_unconfirmed: ['The owner’s account is unconfirmed.', 'حساب صاحب صفحه تأیید نشده است.'],
  meta_message_access: [
    'The account owner must switch on "Allow access to messages" in Instagram.',
    'صاحب حساب باید گزینهٔ ⁨«Allow access to messages»⁩ را در اینستاگرام روشن کند.',
  ],
  meta_policy: [
    'Meta has blocked this kind of action for the account. Look into the account’s status before sending more.',
    'متا این گونه کار را برای حساب بسته است. پیش از ارسال بیشتر، وضع حساب را ببینید.',
  ],
  meta_same_text: ['Meta says the same text was posted already.', 'به گفتهٔ متا همین متن پیش‌تر منتشر شده است.'],
  meta_no_profile: ['Meta gives no profile of this person.', 'متا نمایهٔ این فرد را نمی‌دهد.'],
  meta_message_gone: ['The message does not exist any more.', 'این پیام دیگر وجود ندارد.'],
  meta_unknown_error: ['Meta answers with an error we do not know.', 'متا خطایی داد که نمی‌شناسیم.'],
  meta_live_only: [
    'Live comments take a private reply only, while live.',
    'به نظرهای پخش زنده تنها خصوصی و تا پایان پخش می‌توان پاسخ داد.',
  ],
  meta_hidden_comment: [
    'A hidden comment cannot be answered. Show it first.',
    'به نظر پنهان نمی‌توان پاسخ داد. نخست آن را نمایش دهید.',
  ],
  meta_readback_refused: ['Meta refuses to read it back: $said', 'متا اجازهٔ بازخوانی نمی‌دهد: $said'],
  meta_readback_file: [
    'An attachment cannot be recognised by reading back.',
    'پیوست را با بازخوانی نمی‌توان بازشناخت.',
  ],
  meta_readback_author: [
    'The same text stands there, but Meta withholds who wrote it.',
    'همین متن در آنجا هست، اما متا نمی‌گوید چه کسی نوشته است.',
  ],
  meta_readback_mention: ['Answers to mentions cannot be read back.', 'پاسخ به نام‌بردن‌ها را نمی‌توان بازخواند.'],
  meta_readback_person: [
    'The person’s id is unknown, so there is no conversation to read.',
    'شناسهٔ این فرد معلوم نیست و گفت‌وگویی برای بازخوانی نیست.',
  ],
  meta_readback_far: [
    'The conversation has moved on too far to read it all back.',
    'گفت‌وگو آن‌قدر پیش رفته است که نمی‌توان همه را بازخواند.',
  ],
  meta_readback_comment: ['It is not known which comment was answered.', 'معلوم نیست به کدام نظر پاسخ داده شده است.'],
  meta_private_refused: [
    'A private reply is no longer possible, and Meta does not say why.',
    'پاسخ خصوصی دیگر ممکن نیست و متا دلیلش را نمی‌گوید.',
  ],
  meta_file_unlisted: ['Meta does not list this file any more.', 'متا دیگر این فایل را نشان نمی‌دهد.'],
  meta_no_token: ['Meta gave no token for this login. Begin again.', 'متا برای این ورود توکنی نداد. از نو آغاز کنید.'],
  meta_unnamed: ['Meta accepted the message without naming it.', 'متا پیام را پذیرفت اما شناسه‌اش را نگفت.'],
  meta_action_missing: ['Meta has no "$moderation" here.', 'متا در اینجا «$moderation» ندارد.'],
  meta_editing_missing: ['Meta has no editing here.', 'متا در اینجا ویرایش ندارد.'],
  meta_reading_part: ['A part of the reading was refused.', 'بخشی از خواندن پذیرفته نشد.'],
  meta_human_only: [
    'Only a human may answer after 24 hours; the bot’s answer was not sent.',
    'پس از ۲۴ ساعت تنها کارشناس می‌تواند پاسخ دهد. پاسخ ربات فرستاده نشد.',
  ],
  meta_one_by_one: [
    'Meta takes a text and each attachment as messages of their own. Send them one by one.',
    'متا متن و هر پیوست را پیامی جدا می‌گیرد. آن‌ها را یکی‌یکی بفرستید.',
  ],
  meta_person_unknown: ['The person’s id is unknown.', 'شناسهٔ این فرد معلوم نیست.'],
  private_reply_needs_comment: ['A private reply needs the comment it answers.', 'پاسخ خصوصی باید به نظری باشد.'],
  public_reply_needs_comment: ['A public reply needs the comment it answers.', 'پاسخ عمومی باید به نظری باشد.'],
  access_token_ended: [
    'The access token has ended. Reconnect the channel.',
    'مهلت توکن تمام شده است. کانال را دوباره وصل کنید.',
  ],
  file_unread: ['The file could not be read from our store.', 'فایل از انبار ما خوانده نشد.'],
  meta_file_unnamed: ['Meta took the file without naming it.', 'متا فایل را گرفت اما شناسه‌اش را نگفت.'],
  meta_bad_base: ['The channel’s apiBaseUrl is not a URL.', 'مقدار apiBaseUrl کانال نشانی درستی نیست.'],
  instagram_login_refused: [
    'Instagram refuses the login ($code, HTTP $status). Begin again.',
    'اینستاگرام ورود را نپذیرفت ($code، ⁨HTTP $status⁩). از نو آغاز کنید.',
  ],
  instagram_no_token: [
    'Instagram gave no token for this login. Begin again.',
    'اینستاگرام برای این ورود توکنی نداد. از نو آغاز کنید.',
  ],
  instagram_no_account: [
    'Instagram did not say whose account this is. Is it a professional one?',
    'اینستاگرام نگفت این حساب از آنِ کیست. آیا حساب حرفه‌ای است؟',
  ],
  instagram_no_new_token: ['Instagram answered without a new token.', 'اینستاگرام پاسخ داد اما توکن تازه نداد.'],

  whatsapp_token: [
    'WhatsApp refuses the access token. Reconnect the channel.',
    'واتس‌اپ توکن دسترسی را نمی‌پذیرد. کانال را دوباره وصل کنید.',
  ],
  whatsapp_permission: [
    'The token lacks a permission for this. Grant whatsapp_business_messaging and whatsapp_business_management, then reconnect the channel.',
    'توکن مجوز این کار را ندارد. whatsapp_business_messaging و whatsapp_business_management را بدهید، سپس کانال را دوباره وصل کنید.',
  ],
  whatsapp_number_gone: [
    'The phone number is not at WhatsApp any more, or this token may not see it.',
    'این شماره دیگر در واتس‌اپ نیست یا این توکن اجازهٔ دیدنش را ندارد.',
  ],
  whatsapp_refuses_content: [
    'WhatsApp refuses the content or a parameter.',
    'واتس‌اپ محتوا یا یکی از پارامترها را نمی‌پذیرد.',
  ],
  whatsapp_locked: [
    'Meta has restricted or locked the WhatsApp account. Look at Business Support Home, then reconnect the channel.',
    'متا حساب واتس‌اپ را محدود یا قفل کرده است. ⁨Business Support Home⁩ را ببینید، سپس کانال را دوباره وصل کنید.',
  ],
  whatsapp_rate: ['WhatsApp limits the rate of calls.', 'واتس‌اپ شمار فراخوانی‌ها را محدود کرده است.'],
  whatsapp_doubt: [
    'WhatsApp failed in a way that leaves open whether it was sent.',
    'واتس‌اپ خطا داد و معلوم نیست پیام فرستاده شده باشد.',
  ],
  whatsapp_away: ['WhatsApp is out of order for the moment.', 'واتس‌اپ اکنون از کار افتاده است.'],
  whatsapp_window: [
    'More than 24 hours have passed since the customer last wrote. Send an approved template, or wait for a new message.',
    'بیش از ۲۴ ساعت از آخرین پیام مشتری گذشته است. قالبی تأییدشده بفرستید یا منتظر پیام تازه بمانید.',
  ],
  whatsapp_blocked_by_us: [
    'This person is blocked here. Unblock them before writing.',
    'این فرد در اینجا مسدود است. پیش از نوشتن، او را از مسدودی درآورید.',
  ],
  whatsapp_too_fast: [
    'The number sends faster than WhatsApp allows.',
    'این شماره تندتر از اجازهٔ واتس‌اپ پیام می‌فرستد.',
  ],
  whatsapp_experiment: [
    'WhatsApp leaves this person out of marketing messages (an experiment of theirs).',
    'واتس‌اپ در آزمایشی از خودش، پیام تبلیغاتی به این فرد نمی‌رساند.',
  ],
  whatsapp_country: [
    'This number may not send to the person’s country.',
    'این شماره اجازهٔ ارسال به کشور این فرد را ندارد.',
  ],
  whatsapp_same_number: ['Sender and recipient are the same number.', 'فرستنده و گیرنده یک شماره‌اند.'],
  whatsapp_undeliverable: [
    'WhatsApp cannot deliver to this person: no account, an old app, or they blocked the number.',
    'واتس‌اپ نمی‌تواند به این فرد برساند: حساب ندارد، برنامه‌اش کهنه است یا شماره را مسدود کرده است.',
  ],
  whatsapp_display_name: [
    'The number’s display name is not approved yet. Request it in WhatsApp Manager.',
    'نام نمایشی این شماره هنوز تأیید نشده است. آن را در ⁨WhatsApp Manager⁩ درخواست کنید.',
  ],
  whatsapp_payment: [
    'WhatsApp cannot charge the account. Repair the payment method in Business Manager.',
    'واتس‌اپ نمی‌تواند هزینه را از حساب بردارد. روش پرداخت را در ⁨Business Manager⁩ درست کنید.',
  ],
  whatsapp_not_registered: [
    'The number is not registered for the Cloud API. Register it again.',
    'این شماره برای ⁨Cloud API⁩ ثبت نشده است. دوباره ثبتش کنید.',
  ],
  whatsapp_reported: [
    'Too many people blocked or reported this number; WhatsApp lets it rest.',
    'افراد بسیاری این شماره را مسدود یا گزارش کرده‌اند. واتس‌اپ چندی از آن نمی‌فرستد.',
  ],
  whatsapp_held_back: [
    'WhatsApp holds marketing back from this person for now. Try again after a day at the earliest.',
    'واتس‌اپ فعلاً پیام تبلیغاتی به این فرد نمی‌رساند. زودتر از یک روز دیگر نفرستید.',
  ],
  whatsapp_opted_out: [
    'This person does not want marketing messages from this number.',
    'این فرد از این شماره پیام تبلیغاتی نمی‌خواهد.',
  ],
  whatsapp_kind: ['WhatsApp does not take this kind of message.', 'واتس‌اپ این گونه پیام را نمی‌گیرد.'],
  whatsapp_file_unread: [
    'WhatsApp could not read the attachment. Attach it again.',
    'واتس‌اپ نتوانست پیوست را بخواند. دوباره پیوستش کنید.',
  ],
  whatsapp_file_refused: [
    'WhatsApp could not take the attachment: look at its type and size.',
    'واتس‌اپ پیوست را نگرفت. گونه و اندازه‌اش را ببینید.',
  ],
  whatsapp_pair: [
    'Too many messages to this person in a short time.',
    'در زمانی کوتاه پیام‌های بسیاری به این فرد رفته است.',
  ],
  whatsapp_limited: ['WhatsApp limits this number for a while.', 'واتس‌اپ این شماره را چندی محدود کرده است.'],
  whatsapp_template_count: [
    'The template has another number of blanks than values were given.',
    'شمار جاهای خالی قالب با شمار مقدارها یکی نیست.',
  ],
  whatsapp_template_missing: [
    'There is no approved template of this name in this language.',
    'قالب تأییدشده‌ای با این نام در این زبان نیست.',
  ],
  whatsapp_template_long: [
    'With these values the template’s text is too long.',
    'با این مقدارها متن قالب بیش از اندازه بلند می‌شود.',
  ],
  whatsapp_template_policy: ['The template breaks a policy of WhatsApp.', 'این قالب با قواعد واتس‌اپ سازگار نیست.'],
  whatsapp_template_value: [
    'A value does not fit its blank in the template.',
    'یکی از مقدارها به جای خالی‌اش در قالب نمی‌خورد.',
  ],
  whatsapp_template_paused: [
    'WhatsApp has paused this template for poor ratings.',
    'واتس‌اپ این قالب را برای بازخورد بد، موقتاً کنار گذاشته است.',
  ],
  whatsapp_template_disabled: [
    'WhatsApp has disabled this template for good.',
    'واتس‌اپ این قالب را برای همیشه از کار انداخته است.',
  ],
  whatsapp_flow_blocked: [
    'The form in this message is blocked. Repair it in WhatsApp Manager.',
    'فرم این پیام مسدود است. آن را در ⁨WhatsApp Manager⁩ درست کنید.',
  ],
  whatsapp_flow_limited: ['The form in this message is limited for a while.', 'فرم این پیام چندی محدود شده است.'],
  whatsapp_registered_often: [
    'The number was registered too often; WhatsApp asks to wait.',
    'این شماره بیش از اندازه ثبت شده است. واتس‌اپ می‌خواهد صبر کنید.',
  ],
  whatsapp_unknown_error: ['WhatsApp answers with an error we do not know.', 'واتس‌اپ خطایی داد که نمی‌شناسیم.'],
  whatsapp_undelivered_silent: [
    'WhatsApp could not deliver it and does not say why.',
    'واتس‌اپ نتوانست پیام را برساند و دلیلش را نمی‌گوید.',
  ],
  whatsapp_undelivered: ['WhatsApp could not deliver it.', 'واتس‌اپ نتوانست پیام را برساند.'],
  whatsapp_unnamed: [
    'WhatsApp accepted the message without naming it.',
    'واتس‌اپ پیام را پذیرفت اما شناسه‌اش را نگفت.',
  ],
  whatsapp_no_history: [
    'WhatsApp has no history to read back; a status will tell, if the message went out.',
    'واتس‌اپ گذشته‌ای برای بازخوانی ندارد. اگر پیام رفته باشد، گزارش رسیدنش خواهد گفت.',
  ],
  whatsapp_call_time: [
    'The calls before this one took all the time there was.',
    'فراخوانی‌های پیشین همهٔ زمان را گرفتند.',
  ],
  whatsapp_file_unnamed: ['WhatsApp took the file without naming it.', 'واتس‌اپ فایل را گرفت اما شناسه‌اش را نگفت.'],
  whatsapp_no_file: ['This attachment has no file.', 'این پیوست فایلی ندارد.'],
  whatsapp_file_old: ['WhatsApp keeps files for 7 days only.', 'واتس‌اپ فایل‌ها را تنها ۷ روز نگه می‌دارد.'],
  whatsapp_no_address: ['WhatsApp names no address for it.', 'واتس‌اپ نشانی آن را نمی‌گوید.'],
  whatsapp_recipient: [
    'Neither a phone number nor a user id is known.',
    'نه شماره‌تلفن گیرنده معلوم است و نه شناسه‌اش.',
  ],
  whatsapp_templates_only: [
    'After 24 hours WhatsApp takes approved templates only.',
    'پس از ۲۴ ساعت واتس‌اپ تنها قالب تأییدشده می‌گیرد.',
  ],
  whatsapp_one_file: [
    'WhatsApp takes one file in a message. Send them one by one.',
    'واتس‌اپ در هر پیام یک فایل می‌گیرد. آن‌ها را یکی‌یکی بفرستید.',
  ],
  whatsapp_no_caption: [
    'WhatsApp takes no text beside this kind of file. Send them one by one.',
    'واتس‌اپ کنار این گونه فایل متن نمی‌گیرد. آن‌ها را یکی‌یکی بفرستید.',
  ],
  whatsapp_file_large: [
    'The file has $bytes of at most $bytes2 bytes.',
    'فایل $bytes است و حداکثر $bytes2 می‌شود فرستاد.',
  ],
  whatsapp_template_filled: [
    'The template has $blanks blanks, and $filled were filled in.',
    'قالب $blanks جای خالی دارد و $filled تا پر شده است.',
  ],
  whatsapp_template_file: [
    'The template begins with a file ($attachment). Attach one.',
    'قالب با فایل ($attachment) آغاز می‌شود. یکی پیوست کنید.',
  ],
  whatsapp_no_new_token: ['WhatsApp answered without a new token.', 'واتس‌اپ پاسخ داد اما توکن تازه نداد.'],
  whatsapp_block_whom: ['It is not known whom to block.', 'معلوم نیست چه کسی باید مسدود شود.'],
  whatsapp_action_missing: ['WhatsApp offers no "$moderation".', 'واتس‌اپ «$moderation» ندارد.'],
  whatsapp_account_id: [
    'Enter the WhatsApp Business account’s id (wabaId) in the channel’s settings.',
    'شناسهٔ حساب ⁨WhatsApp Business⁩ یعنی wabaId را در تنظیمات کانال وارد کنید.',
  ],
  whatsapp_login_again: [
    'Meta does not accept the token it gave. Log in again.',
    'متا توکنی را که خود داده نمی‌پذیرد. دوباره وارد شوید.',
  ],
} satisfies Catalogue;
