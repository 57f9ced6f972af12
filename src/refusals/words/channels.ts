import type { Catalogue } from '../saying';

/** Connecting channels, their settings, the ledger, files, the widget, outgoing webhooks and the CRM. */
export const CHANNELS = {
  account_connected: ['This account is connected already.', 'این حساب پیش‌تر وصل شده است.'],
  account_not_offered: ['This account was not offered.', 'این حساب پیشنهاد نشده بود. از نو آغاز کنید.'],
  account_refused: ['$kind $account cannot be connected', 'حساب $account وصل نمی‌شود.'],
  page_not_administered: ['You are not an administrator of this page.', 'شما مدیر این صفحه نیستید.'],
  page_without_token: [
    'Meta gives no token for this Page: your role there does not allow it.',
    'متا برای این صفحه توکن نمی‌دهد: نقش شما در آن اجازه نمی‌دهد.',
  ],
  page_role_lacks: ['Your role on this Page lacks $tasks.', 'نقش شما در این صفحه این‌ها را ندارد: $tasks.'],
  number_gone: ['WhatsApp reports this number as $state.', 'واتس‌اپ وضع این شماره را $state می‌گوید.'],
  google_no_refresh: [
    'Google gave no refresh token. Remove the app’s access in your Google account and connect again.',
    'گوگل توکن تازه‌سازی نداد. دسترسی برنامه را در حساب گوگل خود بردارید و دوباره وصل کنید.',
  ],
  certificates_wrong: [
    'Give certificates in PEM: -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
    'گواهی‌ها را به شکل PEM وارد کنید: از ‎-----BEGIN CERTIFICATE-----‎ تا ‎-----END CERTIFICATE-----‎.',
  ],
  settings_wrong: ['Please correct the settings.', 'تنظیمات را درست کنید.'],
  credentials_wrong: ['Please correct the credentials.', 'اعتبارنامه را درست کنید.'],
  account_id_needed: [
    'is required: the account’s id at the network',
    'شناسهٔ حساب در شبکه را وارد کنید.',
    'Enter the account’s id at the network.',
  ],
  endpoints_at_most: [
    'There are $max endpoints already; delete one that is not needed.',
    'هم‌اکنون $max مقصد هست. یکی را که لازم نیست حذف کنید.',
  ],
  setting_unknown: ['is not known for this kind', 'این کانال چنین چیزی نمی‌شناسد.'],
  brand_is_archived: [
    'is archived; bring it back, or choose another brand',
    'این برند بایگانی شده است. آن را بازگردانید یا برند دیگری برگزینید.',
  ],
  brand_of_channel_archived: [
    'The brand of this channel is archived; bring it back, or give the channel another brand first.',
    'برند این کانال بایگانی شده است. نخست آن را بازگردانید یا برند دیگری به کانال بدهید.',
  ],
  brand_foreign: ['is not a brand of this workspace', 'این برند دیگر نیست. یکی دیگر برگزینید.'],
  team_foreign: ['is not a team of this workspace', 'این تیم دیگر نیست. یکی دیگر برگزینید.'],
  channel_kind_unknown: ['There is no channel kind "$network".', 'کانالی از گونهٔ $network نیست.'],
  connector_missing: ['There is no connector for "$network".', 'کانالی از گونهٔ $network نیست.'],
  consent_network_unknown: [
    'There is no network "$network" that connects by consent.',
    'شبکهٔ $network با صفحهٔ رضایت وصل نمی‌شود.',
  ],
  consent_used: [
    'This way back was used already or is too old; begin again.',
    'این بازگشت به کار رفته یا کهنه شده است. از نو آغاز کنید.',
  ],
  consent_over: ['This connection is over; begin again.', 'این اتصال پایان یافته است. از نو آغاز کنید.'],
  consent_app_needed: [
    'Enter the client id and secret of your $network app first.',
    'نخست شناسه و رمز برنامهٔ $network خود را وارد کنید.',
  ],
  consent_by_hand: [
    'A $network channel is connected by entering its credentials.',
    'کانال $network با وارد کردن اعتبارنامه وصل می‌شود.',
  ],
  channel_switched_off: [
    'This channel is disabled; ask an admin to connect it again.',
    'این کانال غیرفعال است. از مدیر سامانه بخواهید آن را دوباره وصل کند.',
  ],
  notices_not_here: [
    'No notices can be sent on this channel; answer people in their conversations.',
    'در این کانال اطلاعیه فرستاده نمی‌شود. به مردم در گفت‌وگوهایشان پاسخ دهید.',
  ],
  notice_moved_on: [
    'This is not possible for the notice as it stands now; load it again.',
    'با وضع کنونی اطلاعیه این کار شدنی نیست. آن را دوباره بار کنید.',
  ],
  notice_nowhere: ['Say where the notice goes.', 'بگویید اطلاعیه به کجا برود.'],
  notice_to_needed: [
    'is required: whom this notice is for, as the network names them',
    'شناسهٔ گیرنده در شبکه را وارد کنید.',
    'Enter the recipient’s id at the network.',
  ],
  notice_to_shape: [
    'to must be a name or an id of the network, without spaces',
    'نام یا شناسهٔ شبکه را بدون فاصله وارد کنید.',
    'Enter a name or an id of the network, without spaces.',
  ],
  templates_none: ['This network has no approved templates.', 'این شبکه قالب تأییدشده ندارد.'],
  no_history: ['This network keeps no history that could be read.', 'این شبکه گذشته‌ای برای خواندن نگه نمی‌دارد.'],
  body_malformed: [
    'A malformed body cannot be applied; ask the network to send it again.',
    'این رویداد ناخواناست و اعمال نمی‌شود. از شبکه بخواهید دوباره بفرستد.',
  ],
  unsubscribe_by_hand: [
    'Its credentials do not open; end the subscription at the network by hand.',
    'اعتبارنامه‌اش باز نمی‌شود. اشتراک را در خود شبکه به دست پایان دهید.',
  ],

  setting_type: ['It must be a $sort.', 'باید $sort باشد.'],
  setting_range: ['It must lie between $range.', 'در این بازه باشد: $range.'],
  setting_choice: ['Choose $choices.', 'یکی از این‌ها را برگزینید: $choices.'],
  setting_among: ['Choose among $choices.', 'از این‌ها برگزینید: $choices.'],
  setting_login: ['Choose facebook or instagram.', '‏facebook یا instagram را برگزینید.'],
  setting_target: ['Choose activity or comment.', '‏activity یا comment را برگزینید.'],
  setting_pull_from: ['Choose notifications or posts.', '‏notifications یا posts را برگزینید.'],
  setting_mode: ['must be "webhook" or "poll"', '‏webhook یا poll باشد.'],
  setting_version: ['It looks like v26.0.', 'به شکل v26.0 نوشته می‌شود.'],
  setting_version_write: ['Write it as v26.0.', 'به شکل v26.0 بنویسید.'],
  setting_month: ['Give year and month, like 202607.', 'سال و ماه میلادی بدهید، مانند 202607.'],
  setting_day: ['Give a day such as 2026-11-01.', 'روزی میلادی بدهید، مانند ‎2026-11-01.'],
  setting_whole: ['Give a whole number.', 'عددی درست بدهید.'],
  setting_above_zero: ['Give a whole number above zero.', 'عددی درست و بیش از صفر بدهید.'],
  setting_above_0: ['Enter a whole number above 0.', 'عددی درست و بیش از صفر بدهید.'],
  setting_flag: ['Enter true or false.', 'بله یا خیر باشد.'],
  setting_texts: ['Enter a list of texts.', 'فهرستی از متن‌ها بدهید.'],
  setting_digits: ['The account’s id has digits only.', 'شناسهٔ حساب تنها رقم دارد.'],
  setting_app_number: ['Give the number of the app, digits only.', 'شمارهٔ برنامه را تنها با رقم بدهید.'],
  setting_member: ['Give the member’s id without urn:li:person.', 'شناسهٔ عضو را بی urn:li:person بدهید.'],
  setting_group_ids: ['must be ids, like -1001500000001', 'شناسه باشد، مانند ‎-1001500000001.'],
  setting_shares: [
    'answerShare and backfillShare must leave something for polling.',
    'از answerShare و backfillShare باید چیزی برای خواندن بماند.',
  ],
  setting_emails: ['Give a list of e-mail addresses.', 'فهرستی از نشانی‌های ایمیل بدهید.'],
  setting_email: ['Give an e-mail address.', 'نشانی ایمیل درستی بدهید.'],
  setting_servers: [
    'Give an SMTP server for sending, an IMAP server for reading, or both.',
    'سرور SMTP برای ارسال، سرور IMAP برای دریافت یا هر دو را بدهید.',
  ],
  setting_host: ['Give a host name, without https:// or a port.', 'نام سرور را بی https://‎ و بی درگاه بدهید.'],
  setting_port: ['Give a port between 1 and 65535.', 'درگاهی از ۱ تا ۶۵۵۳۵ بدهید.'],
  setting_tls: [
    'Only a server on this machine may be used without TLS.',
    'بی TLS تنها سرور همین دستگاه پذیرفته می‌شود.',
  ],
  setting_sent_folder: [
    'Name the folder that copies of sent mail go to.',
    'پوشهٔ رونوشت ایمیل‌های فرستاده را نام ببرید.',
  ],
  setting_https: ['Give an https address.', 'نشانی https بدهید.'],
  setting_unsigned: [
    'must not hold a name or password: calls are signed instead',
    'نام و گذرواژه در نشانی نیاید؛ فراخوانی‌ها امضا می‌شوند.',
  ],

  event_empty_message: [
    'is missing, and so are attachments: an empty message will be shown',
    'نه متن هست و نه پیوست: پیامی خالی نمایش داده می‌شود.',
  ],
  event_whose: [
    'is missing: a message of direction out needs its contact, or the parentId of what it answers',
    'پیام خروجی مخاطب یا parentId آنچه پاسخ می‌دهد را لازم دارد.',
  ],
  event_which: [
    'is missing: name the messages, or the time upTo which all are meant',
    'پیام‌ها را نام ببرید یا زمانی که همه تا آن مراد است.',
  ],
  event_instant: [
    'must be an ISO 8601 time with its offset, 2026-11-22T09:30:00Z',
    'زمان ISO 8601 با اختلاف ساعت باشد، مانند ‎2026-11-22T09:30:00Z.',
  ],
  event_version: [
    'must be a whole number from 1 that grows with each edit',
    'عددی درست از ۱ که با هر ویرایش بیشتر شود.',
  ],
  event_size: ['must be a whole number of bytes', 'شمار درستی از بایت باشد.'],
  event_email: ['must be an email address', 'نشانی ایمیل درستی باشد.'],
  event_language: ['must be a language tag, fa or en-GB', 'کد زبان باشد، مانند fa یا en-GB.'],
  event_phone: ['must be an E.164 number, +989121234567', 'شماره‌ای به شکل E.164 باشد، مانند ‎+989121234567.'],

  file_too_large: ['A file may have $bytes bytes at most.', 'حجم هر فایل حداکثر $bytes است. فایل کوچک‌تری بفرستید.'],
  file_quota: [
    'There is no room for this file: the workspace’s limit for files is reached. Ask an admin to raise it.',
    'جایی برای این فایل نیست: سهم فایل‌های فضای کاری پر است. از مدیر سامانه بخواهید آن را بیشتر کند.',
  ],
  file_empty: ['The file is empty; choose another one.', 'فایل خالی است. فایل دیگری برگزینید.'],
  file_form: ['Send the file’s bytes as application/octet-stream.', 'فایل را به شکل application/octet-stream بفرستید.'],
  file_over: [
    'The network does not let this file be kept any longer; ask the customer for it.',
    'این شبکه اجازهٔ نگهداری بیشتر این فایل را نمی‌دهد. آن را از مشتری بخواهید.',
  ],
  file_on_its_way: ['This file is here or on its way already.', 'این فایل هست یا در راه است.'],
  upload_gone: ['There is no such upload; upload the file again.', 'این فایل دیگر نیست. آن را دوباره بفرستید.'],
  upload_gone_field: [
    'there is no upload $upload',
    'این فایل دیگر نیست. آن را دوباره بفرستید.',
    'This file is gone; upload it again.',
  ],

  widget_missing: [
    'There is no such widget; check data-inbox in the page.',
    'چنین ابزارکی نیست. data-inbox صفحه را ببینید.',
  ],
  widget_not_built: [
    'The widget has not been built; run npm run build:web.',
    'ابزارک ساخته نشده است؛ npm run build:web را اجرا کنید.',
  ],
  widget_origin: [
    'This site may not use the widget; an admin can add it to allowedOrigins of the channel.',
    'این سایت اجازهٔ ابزارک ندارد. مدیر می‌تواند آن را به allowedOrigins کانال بیفزاید.',
  ],
  visitor_join: ['Please correct the join.', 'گفت‌وگو آغاز نشد. صفحه را دوباره بار کنید.'],
  visitor_token: ['must be the session’s token', 'توکن نشست باشد.'],
  visitor_inbox: ['must be the public id of the widget', 'شناسهٔ عمومی ابزارک باشد.'],
  visitor_sign_in: [
    'Sign in on this site first; this chat is for its users.',
    'نخست در این سایت وارد شوید؛ این گفت‌وگو برای کاربران آن است.',
  ],
  visitor_no_users: [
    'This chat does not know users; leave setUser out of the page.',
    'این گفت‌وگو کاربر نمی‌شناسد. setUser را از صفحه بردارید.',
  ],
  visitor_unverified: [
    'This user could not be verified; let your server sign a new proof with the inbox’s secret.',
    'این کاربر احراز نشد. سرور شما گواه تازه‌ای با رمز این صندوق امضا کند.',
  ],
  visitor_session_over: [
    'This chat session has ended; start a new one.',
    'این گفت‌وگو پایان یافته است. گفت‌وگوی تازه‌ای آغاز کنید.',
  ],
  visitor_attempts: [
    'Too many attempts from this network; try again in a moment.',
    'از این شبکه تلاش بیش از اندازه شد. کمی بعد دوباره تلاش کنید.',
  ],
  visitor_conversations: [
    'Too many new conversations came from this network; try again later.',
    'از این شبکه گفت‌وگوی تازهٔ بسیاری آمد. بعداً دوباره تلاش کنید.',
  ],
  visitor_messages: [
    'At most $max messages a minute; this one was not stored, send it again.',
    'حداکثر $max پیام در دقیقه پذیرفته می‌شود. این پیام نماند؛ دوباره بفرستید.',
  ],

  endpoint_whole: [
    'must be a whole URL, such as https://example.com/hooks',
    'نشانی کامل باشد، مانند https://example.com/hooks.',
  ],
  endpoint_http: ['must begin with https:// or http://', 'با https://‎ یا http://‎ آغاز شود.'],
  endpoint_https: ['must begin with https://', 'با https://‎ آغاز شود.'],
  endpoint_plain: ['must not carry a name or a password', 'نام و گذرواژه در نشانی نیاید.'],
  endpoint_public: [
    'must be on the public internet; an operator can allow a host in WEBHOOK_PRIVATE_HOSTS',
    'در اینترنت عمومی باشد. گردانندهٔ سامانه می‌تواند میزبانی را در WEBHOOK_PRIVATE_HOSTS مجاز کند.',
  ],

  crm_id: ['is not the id of a $record', 'شناسهٔ $record در Salesforce نیست.'],
  crm_needed: ['is needed to connect', 'برای اتصال لازم است.'],
  crm_address: [
    'must be an https address of Salesforce, such as https://<mydomain>.my.salesforce.com',
    'نشانی https سیلزفورس باشد، مانند https://<mydomain>.my.salesforce.com.',
  ],
  crm_key: [
    'must be an RSA private key of 2,048 bits or more, in PEM',
    'کلید خصوصی RSA با ۲۰۴۸ بیت یا بیشتر و به شکل PEM باشد.',
  ],
  crm_handles: [
    'must map networks to names of fields, such as { "instagram": "Instagram__c" }',
    'برای هر شبکه نام فیلدی بدهید، مانند Instagram__c برای اینستاگرام.',
  ],
} satisfies Catalogue;
