import type { Catalogue } from '../../saying';

/** Mail servers and mailboxes. */
export const MAIL = {
  mail_undelivered: ['The mail could not be delivered.', 'نامه نرسید.'],
  mail_no_address: ['The channel has no address.', 'این کانال نشانی ندارد.'],
  mail_no_moderation: [
    'Mail cannot be hidden, deleted or liked at the receiver.',
    'نامه را نزد گیرنده نمی‌توان پنهان، حذف یا پسند کرد.',
  ],
  mail_token_server: ['The token server answers $status.', 'سرور توکن پاسخ داد: $status.'],
  mail_access_ended: [
    'The provider no longer renews the access. Connect the mailbox again.',
    'ارائه‌دهنده دیگر دسترسی را تازه نمی‌کند. صندوق را دوباره وصل کنید.',
  ],
  mail_reply_kind: ['A $audience reply is not possible by e-mail.', 'با ایمیل پاسخ $audience ممکن نیست.'],
  mail_no_own_address: [
    'The channel has no e-mail address. Set address in its settings.',
    'این کانال نشانی ایمیل ندارد. address را در تنظیماتش وارد کنید.',
  ],
  mail_no_reply_address: ['The mail came without an address to answer to.', 'نامه نشانی‌ای برای پاسخ نداشت.'],
  mail_to_ourselves: ['The mail would go to ourselves.', 'این نامه به خود ما می‌رفت.'],
  mail_no_smtp: [
    'The channel has no SMTP server. Set smtpHost in its settings.',
    'این کانال سرور SMTP ندارد. smtpHost را در تنظیماتش وارد کنید.',
  ],
  mail_no_smtp_host: [
    'The channel has no SMTP server. Set smtpHost.',
    'این کانال سرور SMTP ندارد. smtpHost را وارد کنید.',
  ],
  mail_smtp_missing: ['The channel has no SMTP server.', 'این کانال سرور SMTP ندارد.'],
  mail_uploaded_only: [
    'Only files uploaded here can be sent by e-mail. Upload it, or send the link.',
    'تنها فایل‌هایی که همین‌جا بارگذاری شده‌اند با ایمیل می‌روند. بارگذاری کنید یا پیوندش را بفرستید.',
  ],
  mail_file_unread: ['An attachment cannot be read at the moment.', 'یکی از پیوست‌ها اکنون خوانده نمی‌شود.'],
  mail_files_large: [
    'The files are larger than $size MB together. Send a link.',
    'فایل‌ها روی هم بیش از $size مگابایت‌اند. پیوند بفرستید.',
  ],
  mail_step_ended: ['The step was ended here.', 'این گام از سوی ما پایان یافت.'],
  mail_no_imap: ['The channel has no IMAP server.', 'این کانال سرور IMAP ندارد.'],
  mail_no_password: ['The mailbox’s password or token is missing.', 'گذرواژه یا توکن صندوق وارد نشده است.'],
  mail_no_encryption: ['The mail server offers no encryption.', 'سرور ایمیل رمزگذاری ندارد.'],
  mail_door_closed: ['The mail server lets nobody in at the moment.', 'سرور ایمیل اکنون کسی را راه نمی‌دهد.'],
  mail_login_refused: ['The mail server refuses the login.', 'سرور ایمیل ورود را نمی‌پذیرد.'],
  mail_login_refused_said: ['The mail server refuses the login ($code).', 'سرور ایمیل ورود را نمی‌پذیرد ($code).'],
  mail_folder: ['The folder cannot be opened.', 'این پوشه باز نمی‌شود.'],
  mail_unread: ['The mail server cannot be read at the moment ($code).', 'اکنون نمی‌توان از سرور ایمیل خواند ($code).'],
  mail_closed: ['The mail server closed the connection.', 'سرور ایمیل اتصال را بست.'],
  mail_part_unknown: ['It is not known which part of the mail this is.', 'معلوم نیست این کدام بخش نامه است.'],
  mail_imap_for_file: [
    'The channel has no IMAP server to fetch the mail from again.',
    'این کانال سرور IMAP ندارد تا نامه دوباره گرفته شود.',
  ],
  mail_gone: ['The mail is no longer in the mailbox.', 'این نامه دیگر در صندوق نیست.'],
  mail_part_missing: ['The mail has no such attachment.', 'این نامه چنین پیوستی ندارد.'],
  mail_no_sent_folder: [
    'The channel names no folder in which sent mail is kept.',
    'این کانال پوشه‌ای برای نامه‌های فرستاده ندارد.',
  ],
  mail_copies_ours: [
    'Copies of sent mail are filed by us, so a missing one tells nothing.',
    'رونوشت نامه‌ها را خود ما بایگانی می‌کنیم و نبودنش چیزی نمی‌گوید.',
  ],
  mail_search: ['The server did not answer the search.', 'سرور به جست‌وجو پاسخ نداد.'],
  mail_certificate_name: [
    'The mail server’s certificate is for another name than the one in $setting.',
    'گواهی سرور ایمیل برای نامی جز نام $setting است.',
  ],
  mail_certificate_time: [
    'The mail server’s certificate is out of its time ($code).',
    'مهلت گواهی سرور ایمیل درست نیست ($code).',
  ],
  mail_certificate_trust: [
    'The mail server’s certificate cannot be trusted ($code).',
    'به گواهی سرور ایمیل نمی‌توان اعتماد کرد ($code).',
  ],
  mail_policy: [
    'The mail was refused by policy (spam, SPF, DKIM or DMARC). Check the domain’s records and the server’s reputation.',
    'نامه برای سیاست‌های گیرنده (هرزنامه، SPF، DKIM یا DMARC) پذیرفته نشد. رکوردهای دامنه و اعتبار سرور را بررسی کنید.',
  ],
  mail_no_mailbox: ['There is no mailbox of this address.', 'صندوقی با این نشانی نیست.'],
  mail_large: [
    'The mail is too large for the server. Send a link instead of the file.',
    'نامه برای سرور بیش از اندازه بزرگ است. به جای فایل، پیوندش را بفرستید.',
  ],
  mail_bad_address: ['The address cannot be written to.', 'به این نشانی نمی‌توان نوشت.'],
  mail_unconfirmed: ['The mail server did not confirm the mail ($code).', 'سرور ایمیل نامه را تأیید نکرد ($code).'],
  mail_no_safe_line: ['No safe connection to the mail server ($code).', 'اتصال امن به سرور ایمیل برقرار نشد ($code).'],
  mail_unreachable: ['The mail server cannot be reached ($code).', 'سرور ایمیل در دسترس نیست ($code).'],
  mail_full: ['The person’s mailbox is full.', 'صندوق این فرد پر است.'],
  mail_sender: [
    'The server does not let this channel write as its address ($code).',
    'سرور اجازه نمی‌دهد این کانال با نشانی خود بنویسد ($code).',
  ],
  mail_refused: ['The mail server refuses the mail ($code).', 'سرور ایمیل نامه را نمی‌پذیرد ($code).'],
  mail_later: [
    'The mail server asks to try again later ($code).',
    'سرور ایمیل می‌خواهد دیرتر دوباره تلاش شود ($code).',
  ],
} satisfies Catalogue;
