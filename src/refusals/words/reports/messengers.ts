import type { Catalogue } from '../../saying';

/** Telegram and its like, Rubika and Eitaa. */
export const MESSENGERS = {
  bot_token: [
    'The bot’s token is refused. Take a new one from BotFather and reconnect the channel.',
    'توکن ربات پذیرفته نمی‌شود. از BotFather توکن تازه بگیرید و کانال را دوباره وصل کنید.',
  ],
  bot_too_fast: ['Messages go out too fast.', 'پیام‌ها تندتر از اجازهٔ شبکه فرستاده می‌شوند.'],
  bot_file_refused: [
    'The file is too large, of a kind that is not taken, or cannot be fetched. Send another one.',
    'فایل بیش از اندازه بزرگ است، گونه‌اش پذیرفته نیست یا گرفته نمی‌شود. فایل دیگری بفرستید.',
  ],
  bot_rights: [
    'The bot lacks the right to do this. Make it an administrator of the group with that right.',
    'ربات اجازهٔ این کار را ندارد. آن را با همین اجازه مدیر گروه کنید.',
  ],
  bot_not_member: [
    'The bot is not in this group any more. Add it again to answer here.',
    'ربات دیگر در این گروه نیست. برای پاسخ دادن دوباره آن را بیفزایید.',
  ],
  bot_blocked: ['The person has blocked the bot.', 'این فرد ربات را مسدود کرده است.'],
  bot_person_gone: ['The person’s account does not exist any more.', 'حساب این فرد دیگر وجود ندارد.'],
  bot_never_started: [
    'The person has never started the bot; only they can begin.',
    'این فرد هرگز ربات را آغاز نکرده است. تنها خود او می‌تواند آغاز کند.',
  ],
  bot_to_bot: ['Bots cannot write to bots.', 'ربات نمی‌تواند به ربات پیام دهد.'],
  bot_group_deleted: ['The group was deleted.', 'این گروه حذف شده است.'],
  bot_chat_missing: [
    'The chat does not exist for this bot: it was never started.',
    'این چت برای ربات وجود ندارد: هرگز آغاز نشده است.',
  ],
  bot_group_moved: ['The group has moved to a new id.', 'گروه شناسهٔ تازه‌ای گرفته است.'],
  bot_answered_gone: [
    'The message that is answered is gone or was never there.',
    'پیامی که به آن پاسخ می‌دهید حذف شده یا هرگز نبوده است.',
  ],
  bot_topic_gone: ['The topic is gone or was never there.', 'این موضوع حذف شده یا هرگز نبوده است.'],
  bot_topic_closed: ['The topic is closed.', 'این موضوع بسته است.'],
  bot_message_gone: ['The message is gone or was never there.', 'این پیام حذف شده یا هرگز نبوده است.'],
  bot_person_missing: ['The person is gone or was never there.', 'این فرد رفته یا هرگز نبوده است.'],
  bot_chat_gone: ['The chat or message is gone or was never there.', 'این چت یا پیام حذف شده یا هرگز نبوده است.'],
  bot_not_modified: ['The message says that already.', 'پیام همین را می‌گوید.'],
  bot_too_old_to_delete: [
    'Only messages younger than 48 hours can be deleted, and only with the right to.',
    'تنها پیام‌های تازه‌تر از ۴۸ ساعت و با داشتن اجازه حذف می‌شوند.',
  ],
  bot_not_editable: ['This message cannot be changed.', 'این پیام را نمی‌توان تغییر داد.'],
  bot_no_text: ['The message has no text to change.', 'پیام متنی برای تغییر ندارد.'],
  bot_text_long: ['The text is too long. Shorten it.', 'متن بیش از اندازه بلند است. کوتاهش کنید.'],
  bot_caption_long: [
    'The text beside the file is too long. Shorten it.',
    'متن کنار فایل بیش از اندازه بلند است. کوتاهش کنید.',
  ],
  bot_formatting: ['The network cannot read the text’s formatting.', 'شبکه قالب‌بندی متن را نمی‌خواند.'],
  bot_no_voice: ['The person takes no voice messages.', 'این فرد پیام صوتی نمی‌گیرد.'],
  bot_admin_block: ['Administrators of a group cannot be blocked.', 'مدیران گروه را نمی‌توان مسدود کرد.'],
  bot_owner_block: ['The owner of a group cannot be blocked.', 'صاحب گروه را نمی‌توان مسدود کرد.'],
  bot_reaction: [
    'This reaction is not allowed here. Change "likeEmoji".',
    'این واکنش در اینجا مجاز نیست. likeEmoji را تغییر دهید.',
  ],
  bot_business_window: [
    'The person has not written to the business account within the last 24 hours.',
    'این فرد در ۲۴ ساعت گذشته به حساب کاری ننوشته است.',
  ],
  bot_business_gone: [
    'The business account is not linked to the bot any more. Link it again.',
    'حساب کاری دیگر به ربات پیوند ندارد. دوباره پیوندش دهید.',
  ],
  bot_business_rights: [
    'The business account does not let the bot answer. Look at its rights.',
    'حساب کاری اجازهٔ پاسخ به ربات نمی‌دهد. اجازه‌هایش را ببینید.',
  ],
  bot_no_such_chat: ['There is no such group or person for this bot.', 'چنین گروه یا فردی برای این ربات نیست.'],
  bot_doubt: ['It is open whether it was sent.', 'معلوم نیست پیام فرستاده شده باشد.'],
  bot_forbidden: ['The network forbids this.', 'شبکه اجازهٔ این کار را نمی‌دهد.'],
  bot_other_program: [
    'Another program uses the bot in a way that excludes this.',
    'برنامهٔ دیگری ربات را به‌گونه‌ای به کار می‌برد که این کار شدنی نیست.',
  ],
  bot_unknown_error: ['The network answers with an error we do not know.', 'شبکه خطایی داد که نمی‌شناسیم.'],
  bot_no_file: ['This attachment has no file behind it.', 'پشت این پیوست فایلی نیست.'],
  bot_file_limit: ['$name hands bots files of $size at most.', '$name به ربات‌ها فایل‌هایی تا $size می‌دهد.'],
  bot_file_place: ['$name names no place for this file.', '$name جای این فایل را نمی‌گوید.'],
  bot_file_on_disk: [
    'The bot API server keeps its files on its own disk, out of reach from here.',
    'سرور ربات فایل‌ها را روی دیسک خود نگه می‌دارد و از اینجا در دسترس نیستند.',
  ],
  bot_file_setting: [
    'The file is larger than "largestDownloadMb" allows.',
    'فایل بزرگ‌تر از اندازه‌ای است که largestDownloadMb اجازه می‌دهد.',
  ],
  bot_action_missing_here: [
    '$name has no "$moderation" for this kind of message.',
    '$name برای این گونه پیام «$moderation» ندارد.',
  ],
  bot_action_missing: ['$name has no "$moderation".', '$name «$moderation» ندارد.'],
  bot_business_reaction: [
    'A bot cannot react in a business account’s chats.',
    'ربات نمی‌تواند در چت‌های حساب کاری واکنش نشان دهد.',
  ],
  bot_author_unknown: ['It is not known who wrote this.', 'نویسندهٔ این پیام معلوم نیست.'],
  bot_text_too_long: [
    'The text has $length of at most $max characters. Shorten it.',
    'متن $length نویسه است و حداکثر $max نویسه جا دارد. کوتاهش کنید.',
  ],
  bot_caption_too_long: [
    'The text has $length of at most $max characters beside a file; send the text by itself. Shorten it.',
    'متن $length نویسه است و کنار فایل حداکثر $max نویسه جا دارد. متن را جدا بفرستید یا کوتاهش کنید.',
  ],
  bot_album: [
    'At most $max files go together. Send them in several messages.',
    'حداکثر $max فایل با هم می‌رود. آن‌ها را در چند پیام بفرستید.',
  ],
  bot_file_50: ['A file may have at most 50 MB.', 'فایل حداکثر ۵۰ مگابایت باشد.'],
  bot_group_reply: ['A reply in a group needs the message it answers.', 'پاسخ در گروه باید به پیامی باشد.'],
  bot_mixed_files: [
    'These files cannot go together in one message. Send them one by one.',
    'این فایل‌ها در یک پیام کنار هم نمی‌روند. آن‌ها را یکی‌یکی بفرستید.',
  ],
  bot_chat_limited: ['This chat is limited for a while.', 'این چت چندی محدود است.'],
  bot_no_readback: [
    'A bot cannot read its chats back. Look into the chat at the network, or ask the customer.',
    'ربات نمی‌تواند چت‌هایش را بازخواند. چت را در خود شبکه ببینید یا از مشتری بپرسید.',
  ],
  bot_not_a_message: ['This is not a message at the network.', 'این در شبکه پیام نیست.'],
  bot_edit_length: ['The text must have 1 to $max characters.', 'متن باید از ۱ تا $max نویسه داشته باشد.'],
  bot_file_unread: ['The attached file could not be read here.', 'فایل پیوست در اینجا خوانده نشد.'],
  bot_unnamed: ['$name accepted the message without naming it.', '$name پیام را پذیرفت اما شناسه‌اش را نگفت.'],

  rubika_many: ['Too many requests.', 'درخواست‌ها بیش از اندازه است.'],
  rubika_doubt: ['Rubika failed in a way that leaves open what happened.', 'روبیکا خطا داد و معلوم نیست چه شده است.'],
  rubika_token: ['Rubika refuses the bot’s token.', 'روبیکا توکن ربات را نمی‌پذیرد.'],
  rubika_access: ['Rubika gives the bot no access.', 'روبیکا به ربات دسترسی نمی‌دهد.'],
  rubika_content: ['Rubika refuses the content or the chat.', 'روبیکا محتوا یا چت را نمی‌پذیرد.'],
  rubika_format: ['Rubika answered with something that is not its format.', 'پاسخ روبیکا به قالب خودش نیست.'],
  rubika_unknown_error: ['Rubika answers with an error we do not know.', 'روبیکا خطایی داد که نمی‌شناسیم.'],
  rubika_person_stopped: [
    'The person has stopped the bot, or it left.',
    'این فرد ربات را متوقف کرده یا ربات از چت رفته است.',
  ],
  rubika_token_dead: ['The bot’s token is refused altogether.', 'توکن ربات دیگر در هیچ کاری پذیرفته نمی‌شود.'],
  rubika_unnamed: ['Rubika took the message without naming it.', 'روبیکا پیام را گرفت اما شناسه‌اش را نگفت.'],
  rubika_no_readback: ['A bot cannot read a Rubika chat back.', 'ربات نمی‌تواند چت روبیکا را بازخواند.'],
  rubika_action_missing: ['Rubika has no way to $moderation this.', 'روبیکا برای این پیام «$moderation» ندارد.'],
  rubika_target_unknown: [
    'It is not known which message or person is meant.',
    'معلوم نیست کدام پیام یا چه کسی در نظر است.',
  ],
  rubika_message_unknown: ['It is not known which message is meant.', 'معلوم نیست کدام پیام در نظر است.'],
  rubika_no_file: ['The attachment has no file.', 'این پیوست فایلی ندارد.'],
  rubika_no_address: ['Rubika gives no address for the file.', 'روبیکا نشانی فایل را نمی‌دهد.'],
  rubika_no_upload: ['Rubika gave no address to upload to.', 'روبیکا نشانی‌ای برای بارگذاری نداد.'],
  rubika_file_large: ['Rubika finds the file too large.', 'به نظر روبیکا فایل بیش از اندازه بزرگ است.'],
  rubika_file_refused: ['Rubika did not take the file (HTTP $status).', 'روبیکا فایل را نگرفت (⁨HTTP $status⁩).'],
  rubika_file_unnamed: ['Rubika took the file without naming it.', 'روبیکا فایل را گرفت اما شناسه‌اش را نگفت.'],
  rubika_chat_unknown: ['It is not known which chat to write in.', 'معلوم نیست در کدام چت باید نوشت.'],
  rubika_one_file: [
    'Rubika takes one file in a message. Send them one by one.',
    'روبیکا در هر پیام یک فایل می‌گیرد. آن‌ها را یکی‌یکی بفرستید.',
  ],
  rubika_file_itself: [
    'Rubika wants the file itself, and only its address is known. Upload it here.',
    'روبیکا خود فایل را می‌خواهد و تنها نشانی‌اش معلوم است. آن را همین‌جا بارگذاری کنید.',
  ],

  eitaa_no_readback: ['Eitaayar reads nothing back.', 'ایتایار چیزی را بازنمی‌خواند.'],
  eitaa_only_sends: ['Eitaayar only sends.', 'ایتایار تنها می‌فرستد.'],
  eitaa_unnamed: ['Eitaayar took the message without naming it.', 'ایتایار پیام را گرفت اما شناسه‌اش را نگفت.'],
  eitaa_refuses: ['Eitaayar refuses the message ($code).', 'ایتایار پیام را نپذیرفت (کد $code).'],
  eitaa_sender: ['Is @sender a manager of the channel or group?', 'آیا ⁨@sender⁩ مدیر کانال یا گروه است؟'],
  eitaa_target_unknown: [
    'It is not known which channel or group to write in.',
    'معلوم نیست در کدام کانال یا گروه باید نوشت.',
  ],
  eitaa_one_file: [
    'Eitaayar takes one file. Send them one by one.',
    'ایتایار یک فایل می‌گیرد. آن‌ها را یکی‌یکی بفرستید.',
  ],
  eitaa_app_texts: ['Users of a mini app can be sent texts only.', 'به کاربران برنامک تنها متن می‌توان فرستاد.'],
  eitaa_file_itself: [
    'Eitaayar wants the file itself, and only its address is known. Upload it here.',
    'ایتایار خود فایل را می‌خواهد و تنها نشانی‌اش معلوم است. آن را همین‌جا بارگذاری کنید.',
  ],
} satisfies Catalogue;
