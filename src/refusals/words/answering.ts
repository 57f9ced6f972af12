import type { Catalogue } from '../saying';

/** Replies, moderation, canned replies, macros, rules, approvals, the bot, and going on by e-mail. */
export const ANSWERING = {
  newer_message: [
    'There is a newer message that you have not seen; read it, then send again.',
    'پیام تازه‌تری هست که ندیده‌اید. آن را بخوانید، سپس دوباره بفرستید.',
  ],
  seen_foreign_message: [
    'seenMessageId is not a message of this conversation; send the one you have on screen that arrived last (`arrival`).',
    'پیامی که دیده‌اید از این گفت‌وگو نیست. گفت‌وگو را دوباره باز کنید.',
    'The message you have seen is not of this conversation; open it again.',
  ],
  channel_disabled: [
    'The channel of this conversation is disabled; ask an admin to connect it again.',
    'کانال این گفت‌وگو غیرفعال است. از مدیر سامانه بخواهید آن را دوباره وصل کند.',
  ],
  write_or_attach: ['Write a text or attach a file.', 'متنی بنویسید یا فایلی پیوست کنید.'],
  write_text: ['Write a text.', 'متنی بنویسید.'],
  private_reply_needs_text: ['A private reply needs a text.', 'پاسخ خصوصی متن می‌خواهد.'],
  attachment_kind_refused: [
    'An attachment of kind $attachment cannot be sent here.',
    'پیوستی از گونهٔ $attachment اینجا فرستاده نمی‌شود.',
  ],
  attachment_too_large: [
    'The file has $bytes of at most $bytes2 bytes; send a smaller one.',
    'حجم فایل $bytes است و حداکثر $bytes2 پذیرفته می‌شود. فایل کوچک‌تری بفرستید.',
  ],
  send_one_by_one: [
    'This network takes a text and each attachment as messages of their own; send them one by one.',
    'این شبکه متن و هر پیوست را پیامی جدا می‌خواهد. یکی‌یکی بفرستید.',
  ],
  text_too_long: [
    'The text has $length of at most $max $unit; shorten it.',
    'متن $length $unit دارد و حداکثر $max جا هست. کوتاهش کنید.',
  ],
  text_too_long_to_split: [
    'The text has $length of at most $max $unit; shorten it, or send it split into $parts messages.',
    'متن $length $unit دارد و حداکثر $max جا هست. کوتاهش کنید یا در $parts پیام بفرستید.',
  ],
  visibility_not_possible: [
    'A $audience reply is not possible in this thread.',
    'در این گفت‌وگو پاسخ $audience ممکن نیست.',
  ],
  bot_only_suggests: ['The bot may only suggest answers here.', 'ربات اینجا تنها پیشنهاد می‌دهد.'],
  templates_not_possible: [
    'Templates cannot be sent in this thread; write a text.',
    'در این گفت‌وگو قالب فرستاده نمی‌شود. متن بنویسید.',
  ],
  recipient_unreachable: [
    'Nothing reaches them here: they blocked this channel, left it, or nobody is at their address. Once they write again it does.',
    'اینجا چیزی به مشتری نمی‌رسد: کانال را مسدود یا ترک کرده، یا نشانی‌اش صاحبی ندارد. همین که دوباره بنویسد، می‌رسد.',
  ],
  recipient_unconfirmed: [
    'Nobody has shown that this address is the customer’s; wait for their answer, or confirm it with a note.',
    'هنوز روشن نیست این نشانی از آنِ مشتری است. منتظر پاسخش بمانید یا با یادداشت تأییدش کنید.',
  ],
  no_comment_to_answer: ['There is no comment of the customer to answer.', 'نظری از مشتری برای پاسخ نیست.'],
  comment_deleted: [
    'The customer deleted this comment; it can no longer be answered.',
    'مشتری این نظر را حذف کرده است و دیگر پاسخ نمی‌گیرد.',
  ],
  private_reply_not_possible: [
    'A private reply to a comment is not possible here.',
    'اینجا به نظر پاسخ خصوصی داده نمی‌شود.',
  ],
  live_private_only: [
    'Comments of a live broadcast take a private reply only, while it runs.',
    'نظرهای پخش زنده تنها پاسخ خصوصی می‌گیرند، آن هم تا پخش ادامه دارد.',
  ],
  live_over: [
    'The broadcast is over; its comments take no private reply any more.',
    'پخش زنده پایان یافته است و نظرهایش دیگر پاسخ خصوصی نمی‌گیرند.',
  ],
  comment_hidden: [
    'A hidden comment cannot be answered; show it first.',
    'نظر پنهان پاسخ نمی‌گیرد. نخست نمایانش کنید.',
  ],
  not_addressed: [
    'This network lets an app answer only people who addressed the account; open it there and answer.',
    'این شبکه فقط پاسخ به کسانی را می‌پذیرد که حساب را نام برده‌اند. همان‌جا پاسخ دهید.',
  ],
  text_beside_file: [
    'The text is too long to go with a file; send them one by one.',
    'متن برای همراهی با پرونده بلند است. جدا بفرستیدشان.',
  ],
  private_reply_used: [
    'The one private reply to this comment has been used; wait until the customer answers.',
    'تنها پاسخ خصوصی این نظر فرستاده شده است. تا پاسخ مشتری صبر کنید.',
  ],
  private_reply_expired: [
    'The time for a private reply to this comment is over.',
    'مهلت پاسخ خصوصی به این نظر گذشته است. عمومی پاسخ دهید.',
  ],
  customer_writes_first: ['The customer has to write first.', 'نخست باید مشتری بنویسد.'],
  window_closed: [
    'The time to answer is over; the customer has to write again.',
    'مهلت پاسخ گذشته است. مشتری باید دوباره بنویسد.',
  ],
  window_for_humans: [
    'Only a human may answer now; the bot keeps silent.',
    'اکنون تنها انسان پاسخ می‌دهد و ربات خاموش است.',
  ],
  sent_for_good: [
    'What was sent here cannot be changed; send a correction.',
    'آنچه اینجا فرستاده شد تغییر نمی‌کند. اصلاحیه‌ای بفرستید.',
  ],
  message_deleted: ['This message is deleted.', 'این پیام حذف شده است.'],
  message_not_out: ['This message is not out; wait until it is sent.', 'این پیام هنوز نرفته است. تا ارسالش صبر کنید.'],
  edit_time_over: [
    'The network’s time for changing this message is over; send a correction.',
    'مهلت شبکه برای تغییر این پیام گذشته است. اصلاحیه‌ای بفرستید.',
  ],
  text_unchanged: ['This is what the message says already.', 'متن پیام همین است.'],
  settle_failed_only: [
    'Only a failed message, or one whose fate is unknown, can be sent again or given up.',
    'تنها پیامی که نرفته یا سرنوشتش نامعلوم است دوباره فرستاده یا رها می‌شود.',
  ],
  moderation_not_possible: [
    '"$moderation" is not possible for this message.',
    'برای این پیام «$moderation» ممکن نیست.',
  ],
  message_deleted_before: ['This message is deleted already.', 'این پیام پیش‌تر حذف شده است.'],
  moderation_own_only: [
    'The network allows "$moderation" only for what this account wrote itself.',
    'شبکه «$moderation» را تنها برای نوشته‌های خود این حساب می‌پذیرد.',
  ],
  moderation_too_late: [
    'The time for this is over; the customer has to write again.',
    'مهلت این کار گذشته است. مشتری باید دوباره بنویسد.',
  ],
  moderation_for_good: ['"$moderation" cannot be taken back.', '«$moderation» بازگشت ندارد.'],
  batch_taken_back: ['This batch was taken back already.', 'این دسته پیش‌تر برگردانده شده است.'],
  batch_at_work: [
    'This batch is still at work; take it back when it has ended.',
    'این دسته هنوز در حال انجام است. پس از پایان برش گردانید.',
  ],
  too_many_messages: [
    'More than $max messages fit; narrow the filter.',
    'بیش از $max پیام می‌خواند. صافی را محدودتر کنید.',
  ],
  too_many_messages_field: ['fits more than $max messages', 'بیش از $max پیام می‌خواند.'],
  which_messages: ['Please say which messages.', 'بگویید کدام پیام‌ها.'],
  message_ids_or_filter: ['give either messageIds or a filter', 'یا پیام‌ها را نام ببرید یا صافی بدهید.'],
  filter_needs_place: [
    'needs a postId, a contactId, or a channelId with since',
    'پست، مشتری یا کانال با زمان آغاز لازم است.',
    'Needs a post, a customer, or a channel with a beginning.',
  ],
  asker_may_not_reply: ['Whoever asked may not reply any more.', 'کسی که این را خواست دیگر اجازهٔ پاسخ ندارد.'],
  moderation_gone: ['There is no such request any more.', 'این درخواست دیگر نیست.'],

  macro_changed: [
    'Someone changed this macro meanwhile; load it again.',
    'در این میان کسی این ماکرو را تغییر داده است. آن را دوباره بار کنید.',
  ],
  macro_name_taken: [
    'There is a macro of this name already; choose another one.',
    'ماکرویی به این نام هست. نام دیگری بدهید.',
  ],
  endpoint_name_taken: [
    'There is an endpoint of this name already; choose another one.',
    'وب‌هوکی به این نام هست. نام دیگری بدهید.',
  ],
  rule_looks_for_too_much: ['looks for $count values, at most $max', 'حداکثر $max واژه و مقدار را می‌توان جست.'],
  macros_shared_by_managers: [
    'Only those who manage macros change shared ones.',
    'ماکروی مشترک را تنها کسانی تغییر می‌دهند که ماکروها با آن‌هاست.',
  ],
  macro_share_by_managers: [
    'Only those who manage macros share them; keep it as your own, or ask a lead.',
    'ماکرو را تنها کسانی مشترک می‌کنند که ماکروها با آن‌هاست. برای خودتان نگه دارید یا از سرپرست بخواهید.',
  ],
  macro_team_needed: ['must name the team it is for', 'تیم آن را برگزینید.'],
  macro_does_nothing: ['must do at least one thing, or write a text', 'دست‌کم یک کار بیفزایید یا متنی بنویسید.'],
  macro_deleted: ['This macro was deleted; take it out of the rule.', 'این ماکرو حذف شده است. آن را از قاعده بردارید.'],
  reply_changed: [
    'Someone changed this reply meanwhile; load it again.',
    'در این میان کسی این پاسخ آماده را تغییر داده است. آن را دوباره بار کنید.',
  ],
  reply_shortcut_taken: [
    'There is a canned reply with this shortcut already; choose another one.',
    'پاسخ آمادهٔ دیگری این میان‌بر را دارد. میان‌بر دیگری بدهید.',
  ],
  replies_shared_by_managers: [
    'Only those who manage macros change shared replies.',
    'پاسخ آمادهٔ مشترک را تنها کسانی تغییر می‌دهند که ماکروها با آن‌هاست.',
  ],
  reply_without_text: ['must be written in one language at least', 'دست‌کم به یک زبان بنویسید.'],
  shortcut_form: ['must have letters or digits', 'حرف یا رقم داشته باشد.'],
  variable_unknown: ['{{$variable}} is not known; use $choices', 'متغیر $variable شناخته نیست. از این‌ها: $choices.'],
  variable_half: ['has a {{ or }} without its other half', 'یک {{ یا }} بی‌جفت مانده است.'],

  rule_changed: [
    'Someone changed this rule meanwhile; load it again.',
    'در این میان کسی این قاعده را تغییر داده است. آن را دوباره بار کنید.',
  ],
  macros_at_most: [
    'There are $max shared macros already; delete one that is not needed.',
    'هم‌اکنون $max ماکروی مشترک هست. یکی را که لازم نیست حذف کنید.',
  ],
  own_macros_at_most: [
    'You have $max macros of your own already; delete one that is not needed.',
    'هم‌اکنون $max ماکرو از خودتان دارید. یکی را که لازم نیست حذف کنید.',
  ],
  canned_replies_at_most: [
    'There are $max shared replies already; delete one that is not needed.',
    'هم‌اکنون $max پاسخ آمادهٔ مشترک هست. یکی را که لازم نیست حذف کنید.',
  ],
  own_canned_replies_at_most: [
    'You have $max replies of your own already; delete one that is not needed.',
    'هم‌اکنون $max پاسخ آماده از خودتان دارید. یکی را که لازم نیست حذف کنید.',
  ],
  rules_at_most: [
    'There are $max rules already; delete one that is not needed.',
    'هم‌اکنون $max قاعده هست. یکی را که لازم نیست حذف کنید.',
  ],
  rules_all_once: [
    'must be all rules of this workspace, each once',
    'همهٔ قاعده‌ها و هر کدام یک‌بار باشد. فهرست را دوباره بار کنید.',
  ],
  rule_trial_span: [
    'must be before "to", within the last seven days',
    'پیش از پایان و در هفت روز گذشته باشد.',
    'Must be before the end, within the last seven days.',
  ],
  rule_trial_too_long: [
    'Looking back takes too long; ask about a shorter time.',
    'نگاه به گذشته بیش از اندازه طول می‌کشد. زمان کوتاه‌تری بدهید.',
  ],
  trigger_form: ['must be an object with "on"', 'بگویید چه رخ دهد.', 'Say what has to happen.'],
  trigger_extra: ['is not part of this trigger', 'این بخش با این رخداد نمی‌آید.'],
  trigger_silence_once: [
    'waits for silence more than once; make it two rules',
    'دو بار منتظر سکوت است. دو قاعده‌اش کنید.',
  ],
  trigger_minutes: ['must be whole minutes from 1 to $max', 'دقیقه‌ای درست از ۱ تا $max باشد.'],
  action_needed: ['must do at least one thing', 'دست‌کم یک کار بیفزایید.', 'Add at least one thing to do.'],
  action_form: ['must be an object with "do"', 'بگویید چه کاری شود.', 'Say what is to be done.'],
  action_extra: ['is not part of "$action"', 'این بخش با این کار نمی‌آید.'],
  action_tags: ['must be up to $max tags', 'حداکثر $max برچسب باشد.'],
  action_tag_needed: ['must add or remove a tag', 'برچسبی برای افزودن یا برداشتن بدهید.'],
  action_snooze: [
    'must say either minutes or workingDay',
    'یا دقیقه بدهید یا روز کاری.',
    'Give minutes or a working day.',
  ],
  action_fields: ['must be values by field', 'برای دست‌کم یک فیلد مقدار بدهید.'],
  action_wakers: ['must be reply, crm or both', 'پاسخ مشتری، تغییر CRM یا هر دو باشد.'],
  action_receivers: ['must name who hears of it', 'بگویید چه کسی خبردار شود.'],
  condition_form: [
    'must be all, any, not, or a question with field and op',
    'شرط، یا گروهی از شرط‌ها باشد.',
    'Must be a condition, or a group of them.',
  ],
  condition_extra: ['is not part of a question', 'این بخش در شرط نمی‌آید.'],
  condition_field: ['is not a field that a rule can ask about', 'قاعده دربارهٔ این نمی‌پرسد. چیز دیگری برگزینید.'],
  conditions_at_most: ['asks $count questions, at most $max', '$count شرط دارد و حداکثر $max جا هست.'],
  conditions_deep: ['is nested more than $max deep', 'گروه‌ها بیش از $max لایه تودرتو هستند.'],
  condition_joint: ['has more than "$joint"', 'در این گروه چیز دیگری هم هست. تنها شرط‌ها بمانند.'],
  condition_not: ['has more than "not"', 'در این گروه چیز دیگری هم هست. تنها یک شرط بماند.'],
  condition_without_value: ['must be left out', 'این شرط مقدار نمی‌خواهد. خالی بگذارید.'],
  condition_order: ['must be a number, a priority or an instant', 'عدد، اولویت یا زمان باشد.'],
  condition_words: ['must be words', 'واژه‌ای بنویسید.'],
  only_agents_take: ['Only an agent can take a ticket.', 'تیکت را تنها یک همکار برمی‌دارد.'],
  only_rules_ask: ['Only a rule asks for approval.', 'تأیید را تنها قاعده می‌خواهد.'],
  nothing_to_hide: ['There is no message of the customer here to hide.', 'پیامی از مشتری برای پنهان کردن نیست.'],
  nothing_to_answer: ['There is no message of the customer here to answer.', 'پیامی از مشتری برای پاسخ نیست.'],
  human_answers: [
    'A person answers in this conversation, so the rule kept silent; let it write beside people where it should.',
    'در این گفت‌وگو انسان پاسخ می‌دهد و قاعده خاموش ماند. اگر باید، بگذارید در کنار انسان هم بنویسد.',
  ],
  came_late: [
    'These words reached us long after they were written, so the rule kept silent; a person should answer.',
    'این پیام دیر به ما رسید و قاعده خاموش ماند. یک همکار پاسخ دهد.',
  ],
  wrote_lately: [
    'This rule wrote to this customer a while ago, so it kept silent; a person should answer.',
    'این قاعده تازه به این مشتری نوشته است و خاموش ماند. یک همکار پاسخ دهد.',
  ],
  reply_has_gaps: [
    'This reply has gaps that nobody fills in; give its variables a fallback.',
    'جای متغیری در این پاسخ خالی می‌ماند. برای متغیرها جایگزین بنویسید.',
  ],
  nobody_to_tell: [
    'There is nobody to tell; choose other receivers.',
    'کسی برای خبر کردن نیست. گیرندهٔ دیگری برگزینید.',
  ],
  webhooks_missing: [
    'Outgoing webhooks are not set up here, so nothing was sent.',
    'وب‌هوک‌های خروجی اینجا راه نیفتاده‌اند و چیزی فرستاده نشد.',
  ],
  approval_settled: ['$name has $verdict this already.', '$name پیش‌تر به این درخواست پاسخ داده است: $verdict.'],

  article_changed: [
    'Someone changed this article meanwhile; load it again.',
    'در این میان کسی این پاسخ را تغییر داده است. آن را دوباره بار کنید.',
  ],

  not_an_address: ['is not an e-mail address', 'نشانی ایمیل درستی بدهید.'],
  address_unknown: ['is not known; ask the customer, or give one', 'نشانی دانسته نیست. از مشتری بپرسید یا وارد کنید.'],
  address_ours: ['is our own', 'این نشانی خود ماست. نشانی مشتری را بدهید.'],
  address_of_another: [
    'This address is another contact’s. If they are the same person merge them, then go on; else ask for another address.',
    'این نشانی از آنِ مشتری دیگری است. اگر یک نفرند نخست ادغامشان کنید، وگرنه نشانی دیگری بخواهید.',
  ],
  address_unconfirmed: [
    'Nobody has confirmed that this address is the customer’s. Ask them, confirm it with a note, or send without text and subject: then the mail only asks to confirm.',
    'این نشانی تأیید نشده است. از مشتری بپرسید، با یادداشت تأیید کنید، یا بی متن و موضوع بفرستید تا ایمیل تنها تأیید بخواهد.',
  ],
  mail_empty: ['Write a text or choose messages to quote.', 'متنی بنویسید یا پیام‌هایی را برگزینید.'],
  identity_unverified: [
    'Private history is mailed only after the customer’s identity was checked; check it, or leave it out.',
    'پیشینهٔ خصوصی تنها پس از احراز هویت ایمیل می‌شود. نخست هویت را احراز کنید یا آن را نیاورید.',
  ],
  closing_public: ['is said in public, so it may not hold an address', 'این را همه می‌بینند؛ پس نشانی در آن نیاید.'],
  mail_left: [
    'The mail has left; it cannot be taken back. Write another one if something was wrong.',
    'ایمیل رفته است و برنمی‌گردد. اگر چیزی نادرست بود ایمیل دیگری بنویسید.',
  ],
  unmailable_messages: [
    'Some of these messages cannot be mailed; leave them out.',
    'برخی از این پیام‌ها را نمی‌توان با ایمیل فرستاد. آن‌ها را کنار بگذارید.',
  ],
  message_not_of_ticket: ['is not a message of this ticket', 'پیامی از این تیکت نیست.'],
  message_is_note: ['is a note', 'یادداشت است و به مشتری نمی‌رود.'],
  message_was_deleted: ['was deleted', 'حذف شده است.'],
  message_of_another: ['is another person’s word', 'سخن کس دیگری است.'],
  mail_channel_missing: [
    'the brand has no e-mail channel that can send; connect one first',
    'این برند کانال ایمیلی برای ارسال ندارد. نخست یکی وصل کنید.',
  ],
  mail_channel_several: [
    'the brand has several e-mail channels; name one',
    'این برند چند کانال ایمیل دارد. یکی را برگزینید.',
  ],
  mail_channel_foreign: ['is not an e-mail channel of this brand', 'کانال ایمیل این برند نیست.'],
  handoff_missing: ['Handing off by $way is not part of this installation.', 'ادامه با $way در این نصب نیست.'],
  settings_changed: [
    'Somebody else changed these settings; read them again.',
    'در این میان کسی این تنظیمات را تغییر داده است. دوباره بار کنید.',
  ],
  texts_wrong: ['Please correct the texts.', 'متن‌ها را درست کنید.'],
  text_language: ['is not fa or en', 'زبان fa یا en باشد.'],
  text_without_code: ['must say where the {code} stands', 'جای {code} را در متن بگذارید.'],
  no_verified_address: [
    'There is no address that was verified before this ticket began; ask questions instead.',
    'نشانی‌ای که پیش از این تیکت تأیید شده باشد نیست. به جای آن پرسش کنید.',
  ],
  codes_enough: [
    'Enough codes were sent to this customer; wait, or ask questions instead.',
    'به این مشتری به اندازه کد فرستاده شد. صبر کنید یا پرسش کنید.',
  ],
  needed_for_check: ['is needed for $check', 'این را پر کنید.'],
  question_needed: ['name at least one fact that is asked for', 'دست‌کم یک پرسش برگزینید.'],
} satisfies Catalogue;
