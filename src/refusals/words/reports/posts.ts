import type { Catalogue } from '../../saying';

/** X, LinkedIn and YouTube. */
export const POSTS = {
  x_token: [
    'X refuses the access token. Reconnect the channel.',
    'ایکس توکن دسترسی را نمی‌پذیرد. کانال را دوباره وصل کنید.',
  ],
  x_rate: ['X limits the rate of calls.', 'ایکس شمار فراخوانی‌ها را محدود کرده است.'],
  x_capped: [
    'The app’s monthly cap at X is used up. Raise it in X’s developer console.',
    'سقف ماهانهٔ برنامه در ایکس پر شده است. آن را در کنسول توسعه‌دهندگان ایکس بالا ببرید.',
  ],
  x_same_text: ['X says the same text was posted already.', 'به گفتهٔ ایکس همین متن پیش‌تر منتشر شده است.'],
  x_gone: [
    'It does not exist at X any more, or is not visible to the account.',
    'دیگر در ایکس نیست یا این حساب آن را نمی‌بیند.',
  ],
  x_hidden: ['X does not let the account see or use it.', 'ایکس اجازهٔ دیدن یا به کار بردن آن را به این حساب نمی‌دهد.'],
  x_text_long: ['The text is too long for X. Shorten it.', 'متن برای ایکس بیش از اندازه بلند است. کوتاهش کنید.'],
  x_locked: [
    'X has locked the account. Log in at x.com and follow its steps.',
    'ایکس حساب را قفل کرده است. در ⁨x.com⁩ وارد شوید و گام‌هایش را بروید.',
  ],
  x_closed_messages: [
    'X does not let the account write to this person (closed messages or blocked). Answer in public, or on X.',
    'ایکس اجازهٔ نوشتن به این فرد را نمی‌دهد (پیام‌هایش بسته است یا مسدود کرده). عمومی یا در خود ایکس پاسخ دهید.',
  ],
  x_plan: [
    'The app’s plan or settings at X do not allow this call.',
    'طرح یا تنظیمات برنامه در ایکس اجازهٔ این فراخوانی را نمی‌دهد.',
  ],
  x_content: ['X refuses the content or a parameter.', 'ایکس محتوا یا یکی از پارامترها را نمی‌پذیرد.'],
  x_doubt: ['X failed in a way that leaves open whether it was done.', 'ایکس خطا داد و معلوم نیست کار انجام شده باشد.'],
  x_disconnected: ['X closed the connection.', 'ایکس اتصال را بست.'],
  x_reply_closed: [
    'X does not let the app reply to this post. Open it on X and answer there.',
    'ایکس اجازهٔ پاسخ به این پست را به برنامه نمی‌دهد. آن را در ایکس باز کنید و همان‌جا پاسخ دهید.',
  ],
  x_own_only: [
    'X does not allow this here: only replies under own posts can be hidden, only own posts deleted.',
    'ایکس این را در اینجا اجازه نمی‌دهد: تنها پاسخ‌های زیر پست‌های خودتان پنهان و تنها پست‌های خودتان حذف می‌شوند.',
  ],
  x_unknown_error: ['X answers with an error we do not know.', 'ایکس خطایی داد که نمی‌شناسیم.'],
  x_readback_far: [
    'Too much was written since to read it all back.',
    'از آن پس آن‌قدر نوشته شده که نمی‌توان همه را بازخواند.',
  ],
  x_delete_own: [
    'X lets an account delete only what it wrote itself. Hide the reply instead.',
    'در ایکس هر حساب تنها نوشتهٔ خود را حذف می‌کند. به جایش پاسخ را پنهان کنید.',
  ],
  x_message_delete_own: [
    'X lets an app delete its own direct messages only.',
    'در ایکس برنامه تنها پیام‌های خصوصی خود را حذف می‌کند.',
  ],
  x_like_plan: [
    'X lets an app like posts only with an enterprise plan; the setting `enterprise` says so.',
    'ایکس تنها با طرح سازمانی به برنامه اجازهٔ پسندیدن می‌دهد. تنظیم enterprise آن را می‌گوید.',
  ],
  x_block_there: [
    'Blocking is not possible here; do it on X.',
    'مسدود کردن از اینجا شدنی نیست. در خود ایکس انجام دهید.',
  ],
  x_whose: ['X did not say whose account this is. Try again.', 'ایکس نگفت این حساب از آنِ کیست. دوباره تلاش کنید.'],
  x_login_refused: ['X refuses the login ($status). Begin again.', 'ایکس ورود را نپذیرفت ($status). از نو آغاز کنید.'],
  x_client_missing: [
    'The token cannot be renewed without the app’s client id.',
    'توکن بی شناسهٔ برنامه (client id) تازه نمی‌شود.',
  ],
  x_renew_later: ['X cannot renew the token now ($status).', 'ایکس اکنون نمی‌تواند توکن را تازه کند ($status).'],
  x_post_authorless: ['X gave the post without its author.', 'ایکس پست را بی نویسنده‌اش داد.'],
  x_named_only: [
    'X lets apps answer only people who named the account or quoted it. Open it on X and answer there: $url',
    'در ایکس برنامه تنها به کسانی پاسخ می‌دهد که از حساب نام برده یا نقل کرده‌اند. پست را در ایکس باز کنید و همان‌جا پاسخ دهید: $url',
  ],
  x_no_templates: ['X has no templates.', 'ایکس قالب ندارد.'],
  x_text_too_long: [
    'The text has $length of at most $max as X counts. Shorten it.',
    'به شمارش ایکس متن $length نویسه است و حداکثر $max نویسه جا دارد. کوتاهش کنید.',
  ],
  x_files_many: [
    'X takes at most $max of these in one message. Send them one by one.',
    'ایکس در هر پیام حداکثر $max تا از این‌ها می‌گیرد. آن‌ها را یکی‌یکی بفرستید.',
  ],
  x_cashtag: [
    'X takes at most one $cashtag from an app. Remove the others.',
    'ایکس از برنامه حداکثر یک برچسب $cashtag می‌گیرد. بقیه را بردارید.',
  ],
  x_slow: ['X answered too slowly to send it safely.', 'ایکس آن‌قدر کند پاسخ داد که ارسال مطمئن نبود.'],
  post_needed: ['A public reply needs the post it answers.', 'پاسخ عمومی باید به پستی باشد.'],
  x_unnamed: ['X accepted the message without naming it.', 'ایکس پیام را پذیرفت اما شناسه‌اش را نگفت.'],
  x_subscription_untold: ['X does not say what is subscribed.', 'ایکس نمی‌گوید چه چیزهایی اشتراک شده است.'],
  x_file_itself: [
    'The file’s bytes are not at hand; upload it here and send it again.',
    'خود فایل در دسترس نیست. همین‌جا بارگذاری و دوباره ارسال کنید.',
  ],
  x_upload_unnamed: ['X began an upload without naming it.', 'ایکس بارگذاری را آغاز کرد اما شناسه‌اش را نگفت.'],
  x_upload_slow: [
    'Bringing the file to X takes too long; it is tried again.',
    'رساندن فایل به ایکس بیش از اندازه طول کشید. دوباره تلاش می‌شود.',
  ],
  x_file_unusable: [
    'X cannot use this file; try another format.',
    'ایکس این فایل را به کار نمی‌برد. قالب دیگری بفرستید.',
  ],
  x_file_refused: ['X refuses the file.', 'ایکس فایل را نمی‌پذیرد.'],
  x_token_renewing: ['The access token has ended and is being renewed.', 'مهلت توکن تمام شده است و دارد تازه می‌شود.'],
  x_file_address: ['X told no address for this file.', 'ایکس نشانی این فایل را نگفت.'],
  x_not_a_file: ['It is a post, not a file.', 'این پست است، نه فایل.'],

  linkedin_token: [
    'LinkedIn refuses the access token. Reconnect the channel.',
    'لینکدین توکن دسترسی را نمی‌پذیرد. کانال را دوباره وصل کنید.',
  ],
  linkedin_content: ['LinkedIn refuses the content or a parameter.', 'لینکدین محتوا یا یکی از پارامترها را نمی‌پذیرد.'],
  linkedin_role: [
    'The member who connected the page has lost the administrator role or a permission. Restore it in LinkedIn and reconnect.',
    'عضوی که صفحه را وصل کرده نقش مدیر یا مجوزی را از دست داده است. در لینکدین بازش گردانید و دوباره وصل کنید.',
  ],
  linkedin_gone: ['The comment or post is gone.', 'این نظر یا پست حذف شده است.'],
  linkedin_exists: ['LinkedIn says this comment exists already.', 'به گفتهٔ لینکدین این نظر پیش‌تر نوشته شده است.'],
  linkedin_version: [
    'LinkedIn has retired the API version. Set the channel’s linkedinVersion to a newer one.',
    'لینکدین این نسخهٔ API را کنار گذاشته است. linkedinVersion کانال را به نسخهٔ تازه‌تری ببرید.',
  ],
  linkedin_rate: ['LinkedIn’s limit of calls is reached.', 'سقف فراخوانی‌های لینکدین پر شده است.'],
  linkedin_doubt: [
    'LinkedIn failed in a way that leaves open whether it was done.',
    'لینکدین خطا داد و معلوم نیست کار انجام شده باشد.',
  ],
  linkedin_unknown_error: ['LinkedIn answers with an error we do not know.', 'لینکدین خطایی داد که نمی‌شناسیم.'],
  linkedin_deletes_only: ['LinkedIn lets comments be deleted only.', 'در لینکدین نظرها را تنها می‌توان حذف کرد.'],
  linkedin_not_a_comment: ['This is not a comment of LinkedIn.', 'این نظری در لینکدین نیست.'],
  linkedin_answered: ['LinkedIn answered $status.', 'لینکدین پاسخ داد: $status.'],
  linkedin_many: [
    'There are too many comments to read all of them back.',
    'نظرها آن‌قدر زیاد است که نمی‌توان همه را بازخواند.',
  ],
  linkedin_no_token: [
    'LinkedIn gives no token ($code). Start connecting again.',
    'لینکدین توکن نمی‌دهد ($code). اتصال را از نو آغاز کنید.',
  ],
  linkedin_token_ended: [
    'The access token has ended and cannot be renewed. Connect the page again.',
    'مهلت توکن تمام شده است و تازه نمی‌شود. صفحه را دوباره وصل کنید.',
  ],
  linkedin_public_only: [
    'LinkedIn takes public answers to comments only.',
    'لینکدین تنها پاسخ عمومی به نظرها را می‌گیرد.',
  ],
  linkedin_no_files: [
    'LinkedIn takes no attachments here. Send the text without them.',
    'لینکدین در اینجا پیوست نمی‌گیرد. متن را بی پیوست بفرستید.',
  ],
  linkedin_target: [
    'It is not known which comment or post is answered.',
    'معلوم نیست به کدام نظر یا پست پاسخ داده می‌شود.',
  ],
  linkedin_unnamed: ['LinkedIn accepted the comment without naming it.', 'لینکدین نظر را پذیرفت اما شناسه‌اش را نگفت.'],

  youtube_text: ['YouTube refuses the text.', 'یوتیوب متن را نمی‌پذیرد.'],
  youtube_gone: ['The comment or video is gone.', 'این نظر یا ویدئو حذف شده است.'],
  youtube_parent: ['The comment above cannot be answered.', 'به نظر بالایی نمی‌توان پاسخ داد.'],
  youtube_permission: [
    'The connected account may not do this. Connect the channel again as its owner and allow everything.',
    'حساب وصل‌شده اجازهٔ این کار را ندارد. کانال را با حساب صاحبش دوباره وصل کنید و همهٔ اجازه‌ها را بدهید.',
  ],
  youtube_comments_off: ['Comments are turned off for this video.', 'نظرهای این ویدئو بسته است.'],
  youtube_no_channel: [
    'The account has no YouTube channel set up. Set it up at YouTube.',
    'این حساب کانال یوتیوب ندارد. آن را در یوتیوب بسازید.',
  ],
  youtube_text_long: [
    'The text is too long for YouTube. Shorten it.',
    'متن برای یوتیوب بیش از اندازه بلند است. کوتاهش کنید.',
  ],
  youtube_processing: [
    'YouTube could not process the comment. Change the text.',
    'یوتیوب نتوانست نظر را پردازش کند. متن را تغییر دهید.',
  ],
  youtube_ban_first: ['Only who is rejected can be blocked.', 'تنها کسی را که نظرش رد شده می‌توان مسدود کرد.'],
  youtube_not_allowed: [
    'YouTube does not allow this for this comment.',
    'یوتیوب این کار را برای این نظر اجازه نمی‌دهد.',
  ],
  youtube_call_refused: ['YouTube refuses the call.', 'یوتیوب این فراخوانی را نمی‌پذیرد.'],
  youtube_unknown_error: ['YouTube answers with an error we do not know.', 'یوتیوب خطایی داد که نمی‌شناسیم.'],
  youtube_token: ['Google refuses the access token.', 'گوگل توکن دسترسی را نمی‌پذیرد.'],
  youtube_doubt: [
    'YouTube failed in a way that leaves open whether it was done.',
    'یوتیوب خطا داد و معلوم نیست کار انجام شده باشد.',
  ],
  youtube_quota: [
    'The day’s quota is used up. It starts anew at midnight Pacific time.',
    'سهمیهٔ روزانه تمام شده است و نیمه‌شب به وقت اقیانوس آرام از نو آغاز می‌شود.',
  ],
  youtube_rate: ['YouTube limits the rate of calls.', 'یوتیوب شمار فراخوانی‌ها را محدود کرده است.'],
  youtube_no_token: [
    'Google gives no token ($code). Connect the channel again.',
    'گوگل توکن نمی‌دهد ($code). کانال را دوباره وصل کنید.',
  ],
  youtube_testing: [
    'Apps still in testing lose their access after 7 days: publish the app.',
    'برنامه‌های آزمایشی پس از ۷ روز دسترسی را از دست می‌دهند: برنامه را منتشر کنید.',
  ],
  youtube_refresh_missing: [
    'The access token cannot be renewed without refresh token, client id and client secret. Connect again.',
    'توکن بی refresh token، client id و client secret تازه نمی‌شود. دوباره وصل کنید.',
  ],
  youtube_ended_early: ['The pull ended early.', 'خواندن زودتر به پایان رسید.'],
  youtube_past_quota: [
    'The share of the day’s quota for reading the past is used up; it goes on after midnight Pacific time.',
    'سهم امروز برای خواندن گذشته تمام شده است و پس از نیمه‌شب به وقت اقیانوس آرام ادامه می‌یابد.',
  ],
  youtube_public_only: [
    'YouTube takes public answers to comments only.',
    'یوتیوب تنها پاسخ عمومی به نظرها را می‌گیرد.',
  ],
  youtube_no_files: [
    'YouTube takes no attachments. Send the text without them.',
    'یوتیوب پیوست نمی‌گیرد. متن را بی پیوست بفرستید.',
  ],
  youtube_target: [
    'It is not known which comment or video is answered.',
    'معلوم نیست به کدام نظر یا ویدئو پاسخ داده می‌شود.',
  ],
  youtube_unnamed: ['YouTube accepted the comment without naming it.', 'یوتیوب نظر را پذیرفت اما شناسه‌اش را نگفت.'],
  youtube_where: ['It is not known where the comment would stand.', 'معلوم نیست نظر باید کجا نوشته شود.'],
  youtube_not_offered: ['YouTube does not offer this for comments.', 'یوتیوب این را برای نظرها ندارد.'],
} satisfies Catalogue;
