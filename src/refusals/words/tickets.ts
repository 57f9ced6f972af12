import type { Catalogue } from '../saying';

/** Tickets, conversations and contacts. */
export const TICKETS = {
  closed_stays_closed: [
    'A closed ticket cannot be reopened; the next message of the customer starts a new one.',
    'تیکت بسته باز نمی‌شود. پیام بعدی مشتری تیکت تازه‌ای می‌سازد.',
  ],
  close_after_solving: [
    'Only a solved ticket can be closed; solve it first.',
    'تنها تیکت حل‌شده بسته می‌شود. نخست آن را حل کنید.',
  ],
  cannot_become: [
    'A ticket that is $status can become $status1, not $status2.',
    'تیکت «$status» می‌تواند «$status1» شود، نه «$status2».',
  ],
  ticket_is_already: ['This ticket is $status already.', 'این تیکت هم‌اکنون «$status» است.'],
  reopen_before_snoozing: [
    'This ticket is $status; reopen it before snoozing it.',
    'این تیکت «$status» است. پیش از به تعویق انداختن آن را باز کنید.',
  ],
  reopen_before_taking: [
    'This ticket is $status; reopen it before taking it.',
    'این تیکت «$status» است. پیش از برداشتن آن را باز کنید.',
  ],
  not_dismissed: [
    'This ticket does not stand as "no answer needed"; there is nothing to undo.',
    'این تیکت «نیازی به پاسخ نیست» نشده است. چیزی برای برگرداندن نیست.',
  ],
  settled_long_ago: [
    'This was settled more than $days days ago; open a new ticket instead.',
    'بیش از $days روز از پایان این تیکت گذشته است. تیکت تازه‌ای باز کنید.',
  ],
  taken_by: ['$name has taken this ticket; choose another one.', '$name این تیکت را برداشته است. یکی دیگر برگزینید.'],
  asked_of: [
    '$name is being asked to take this; choose another.',
    'این تیکت به $name پیشنهاد شده است. یکی دیگر برگزینید.',
  ],
  not_offered_any_more: [
    'This ticket is not offered to you any more; take another, or the next one.',
    'این تیکت دیگر به شما پیشنهاد نمی‌شود. یکی دیگر یا بعدی را بردارید.',
  ],
  out_of_sight: ['This ticket is out of the sight of whoever asked.', 'کسی که این را خواست، این تیکت را نمی‌بیند.'],
  incident_within_incident: [
    '#$number belongs to an incident itself; choose that one.',
    'تیکت #$number خود زیر یک رخداد است. همان رخداد را برگزینید.',
  ],
  incident_has_tickets: [
    '#$number is an incident with tickets of its own; move those first.',
    'تیکت #$number رخدادی با تیکت‌های خود است. نخست آن‌ها را جابه‌جا کنید.',
  ],
  tied_to_itself: [
    'A ticket cannot be tied to itself; choose another one.',
    'تیکت به خودش پیوند نمی‌خورد. یکی دیگر برگزینید.',
  ],
  merged_into_itself: [
    'A ticket cannot be merged into itself; choose another one.',
    'تیکت در خودش ادغام نمی‌شود. یکی دیگر برگزینید.',
  ],
  merged_already: ['#$number is merged into #$number2 already.', 'تیکت #$number پیش‌تر در #$number2 ادغام شده است.'],
  merged_elsewhere: [
    '#$number is merged into another ticket; merge into that one.',
    'تیکت #$number در تیکت دیگری ادغام شده است. در همان ادغام کنید.',
  ],
  take_merge_back_first: [
    '#$number is merged into another ticket; take that back first.',
    'تیکت #$number در تیکت دیگری ادغام شده است. نخست آن را برگردانید.',
  ],
  not_merged: ['#$number is not merged into another ticket.', 'تیکت #$number در تیکتی ادغام نشده است.'],
  merged_further: [
    '#$number was merged further; take that back first.',
    'تیکت #$number خود در تیکت دیگری ادغام شد. نخست آن را برگردانید.',
  ],
  merge_history: [
    '#$number is closed, and history; link the two instead.',
    'تیکت #$number بسته و بخشی از گذشته است. این دو را به هم پیوند دهید.',
  ],
  merge_into_closed: [
    '#$number is closed; merge into a ticket that is not.',
    'تیکت #$number بسته است. در تیکتی ادغام کنید که بسته نباشد.',
  ],
  merge_strangers: [
    'These tickets are of different people. Say differentContacts to merge them all the same.',
    'این تیکت‌ها از دو مشتری جدا هستند. اگر باز هم می‌خواهید، ادغام را تأیید کنید.',
    'These tickets are of different people; confirm that you want to merge them all the same.',
  ],
  split_history: [
    '#$number is closed, and history; open a new ticket instead.',
    'تیکت #$number بسته و بخشی از گذشته است. تیکت تازه‌ای باز کنید.',
  ],
  split_at_start: [
    'The ticket begins with this message; choose a later one to split from.',
    'تیکت با همین پیام آغاز می‌شود. برای جدا کردن پیام دیرتری برگزینید.',
  ],
  join_open_ticket: [
    'This ticket is closed; join a ticket that is still under work.',
    'این تیکت بسته است. به تیکتی بپیوندید که هنوز در دست کار است.',
  ],
  conversation_has_ticket: [
    'This conversation has ticket #$number under work; merge that ticket instead.',
    'این گفت‌وگو تیکت #$number را در دست کار دارد. همان تیکت را ادغام کنید.',
  ],
  go_on_there: [
    'Ticket #$number is under work in this conversation; go on there.',
    'تیکت #$number در همین گفت‌وگو در دست کار است. همان‌جا ادامه دهید.',
  ],
  newer_ticket: [
    'This conversation already has a newer ticket under work; go on there.',
    'این گفت‌وگو تیکت تازه‌تری در دست کار دارد. همان‌جا ادامه دهید.',
  ],
  needs_conversation_or_contact: [
    'is needed, or contactId in its place',
    'گفت‌وگو یا مشتری لازم است.',
    'A conversation or a customer is needed.',
  ],
  nothing_asked: [
    'Nothing was asked in this conversation; there is no ticket to go on with.',
    'در این گفت‌وگو چیزی پرسیده نشده و تیکتی برای ادامه نیست.',
  ],
  fill_in_before_solving: ['Fill in before solving: $names.', 'پیش از حل، فیلدهای لازم را پر کنید.'],
  field_needed_to_solve: [
    'is needed before this ticket can be solved',
    'پیش از حل پر کنید.',
    'Fill this in before solving.',
  ],
  field_number: ['is a number', 'عدد باشد.', 'Must be a number.'],
  field_date: ['is a date, YYYY-MM-DD', 'تاریخ میلادی باشد، مانند ‎2026-11-22.', 'Must be a date, YYYY-MM-DD.'],
  field_text: ['is text of at most $max', 'متنی تا $max نویسه باشد.', 'Text of at most $max characters.'],
  field_choices: [
    'is some of $choices, each once',
    'از این‌ها باشد و هر کدام یک‌بار: $choices.',
    'Some of $choices, each once.',
  ],
  field_flag: ['is true or false', 'بله یا خیر باشد.', 'Must be yes or no.'],
  field_foreign: ['is not a field of this workspace', 'چنین فیلدی دیگر نیست.', 'There is no such field any more.'],
  field_key_taken: ['There is a field "$key" already; change that one.', 'فیلدی با کلید $key هست. همان را تغییر دهید.'],
  field_needs_options: ['a field of kind $sort needs options', 'فیلد $sort گزینه می‌خواهد.'],
  field_without_options: ['a field of kind $sort has no options', 'فیلد $sort گزینه ندارد.'],
  type_labels: ['must be labels by type', 'برای هر گونه نامی بدهید.'],
  type_labels_wrong: ['Please correct the labels of the types.', 'نام گونه‌ها را درست کنید.'],
  type_unknown: ['is not one of the types', 'این از گونه‌های تیکت نیست.'],
  type_label_both: [
    'must have fa and en, each of 1 to $max characters',
    'فارسی و انگلیسی هر دو باشد، هر کدام حداکثر $max نویسه.',
  ],
  options_once: ['each value comes once', 'هر مقدار یک‌بار بیاید.'],
  tag_form: ['a tag is 1 to $max characters without commas', 'برچسب از ۱ تا $max نویسه و بی‌ویرگول است.'],
  tags_at_most: ['a ticket takes $max tags', 'هر تیکت حداکثر $max برچسب می‌گیرد.'],
  search_too_long: [
    'This search takes too long; narrow it by view, channel or ticket number.',
    'این جستجو بیش از اندازه طول می‌کشد. با نما، کانال یا شمارهٔ تیکت محدودترش کنید.',
  ],
  snooze_until: ['must be in the future, within a year', 'زمانی در آینده و تا یک سال دیگر بدهید.'],
  snooze_days: [
    'these business hours do not open so often within a year',
    'این ساعت کاری در یک سال این‌همه روز باز نیست.',
  ],
  instant_or_day: ['Give an instant or a working day, not both.', 'یا زمان بدهید یا روز کاری، نه هر دو.'],
  instant_or_day_field: ['stands beside until; give one of them', 'یا زمان بدهید یا روز کاری، نه هر دو.'],
  which_tickets: ['Please say which tickets.', 'بگویید کدام تیکت‌ها.'],
  ids_or_filter: ['give either ticketIds or a filter', 'یا تیکت‌ها را نام ببرید یا صافی بدهید.'],
  too_many_tickets: [
    'More than $max tickets fit; narrow the filter.',
    'بیش از $max تیکت می‌خواند. صافی را محدودتر کنید.',
  ],
  too_many_tickets_field: ['fits more than $max tickets', 'بیش از $max تیکت می‌خواند.'],
  what_to_change: ['Please say what to change.', 'بگویید چه چیزی تغییر کند.'],
  change_needed: ['needs one of $choices', 'یکی از این‌ها لازم است: $choices.'],
  one_ending: ['takes one of $choices, not several', 'تنها یکی از این‌ها باشد: $choices.'],
  children_with_solving: ['goes with solving only', 'تنها همراه حل کردن می‌آید.'],
  batch_gone: ['There is no such batch any more.', 'این دسته دیگر نیست.'],
  contact_merged_with_itself: ['A contact cannot be merged with itself.', 'مشتری با خودش ادغام نمی‌شود.'],
  contact_merged_before: [
    'One of them was merged already; open the contact it went into.',
    'یکی از این دو پیش‌تر ادغام شده است. مشتری‌ای را باز کنید که در آن ادغام شد.',
  ],
  contact_apart_from_itself: ['A contact cannot be told apart from itself.', 'مشتری را از خودش نمی‌توان جدا دانست.'],
  contacts_told_apart: [
    'These two were told apart. Say evenToldApart to merge them all the same.',
    'کسی گفته است این دو یک شخص نیستند. اگر باز هم می‌خواهید ادغام شوند، تأیید کنید.',
    'Somebody said that these two are not one person; confirm that you want to merge them all the same.',
  ],
  contacts_not_told_apart: [
    'These two were not told apart, or it was taken back meanwhile.',
    'کسی این دو را جدا ندانسته است، یا در این میان پس گرفته شده است.',
  ],
  contact_not_merged: [
    'The one was not merged into the other, or it was taken back meanwhile.',
    'این دو ادغام نشده‌اند، یا در این میان پس گرفته شده است.',
  ],
  identity_not_merged: ['This identity was not merged into this contact.', 'این هویت در این مشتری ادغام نشده است.'],
  phone_form: [
    'is not a phone number; write it with its country code',
    'شمارهٔ تلفن نیست. آن را با کد کشور بنویسید، مانند ‎+989121234567.',
  ],
  foreign_message: ['is not a message of this conversation', 'پیامی از این گفت‌وگو نیست.'],
  ticket_id: ['must be the id of a ticket', 'شناسهٔ تیکت باشد.'],
} satisfies Catalogue;
