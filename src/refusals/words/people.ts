import type { Catalogue } from '../saying';

/** Signing in, roles, colleagues and their tokens. */
export const PEOPLE = {
  wrong_password: ['The e-mail or the password is wrong.', 'ایمیل یا گذرواژه درست نیست.'],
  sign_in_first: ['Sign in first.', 'نخست وارد شوید.'],
  sign_in_or_token: ['Sign in, or send a valid API token.', 'وارد شوید یا توکن معتبر API بفرستید.', 'Sign in again.'],
  sign_in_or_auth_token: [
    'Sign in, or send a valid API token as auth.token.',
    'وارد شوید یا توکن معتبر API را در auth.token بفرستید.',
  ],
  sign_in_ended: ['This sign-in was ended at once; sign in again.', 'این ورود همان دم پایان یافت. دوباره وارد شوید.'],
  several_workspaces: [
    'This e-mail belongs to several workspaces; send the slug of one as workspace.',
    'این ایمیل در چند فضای کاری هست. یکی را برگزینید.',
    'This e-mail belongs to several workspaces; choose one.',
  ],
  too_many_passwords: [
    'Too many wrong passwords; try again in $minutes minutes.',
    'چند بار گذرواژهٔ نادرست داده شد. $minutes دقیقهٔ دیگر دوباره تلاش کنید.',
  ],
  sign_in_crowd: [
    'Too many people are signing in at once; try again in a few seconds.',
    'هم‌اکنون کسان بسیاری وارد می‌شوند. چند ثانیهٔ دیگر دوباره تلاش کنید.',
  ],
  current_password_wrong: ['The current password is wrong.', 'گذرواژهٔ کنونی درست نیست.'],
  not_your_password: ['current is not your password', 'این گذرواژهٔ کنونی شما نیست.', 'This is not your password.'],
  password_changed_meanwhile: [
    'The password was changed meanwhile; sign in again.',
    'در این میان گذرواژه عوض شده است. دوباره وارد شوید.',
  ],
  page_may_not_sign_in: [
    'This page may not sign in here; open the console at its own address.',
    'از این صفحه نمی‌توان وارد شد. کنسول را در نشانی خودش باز کنید.',
  ],
  page_may_not_act: [
    'This page may not act here; open the console at its own address.',
    'از این صفحه نمی‌توان کاری کرد. کنسول را در نشانی خودش باز کنید.',
  ],
  page_may_not_connect: [
    'This page may not connect here; open the console at its own address.',
    'این صفحه نمی‌تواند وصل شود. کنسول را در نشانی خودش باز کنید.',
  ],
  csrf_missing: [
    'Send the csrfToken of GET /auth/session as x-csrf-token.',
    'این صفحه کهنه شده است. آن را دوباره بار کنید.',
    'This page has grown old; load it again.',
  ],
  role_forbids: [
    'Your role does not allow this; ask an admin of the workspace.',
    'نقش شما اجازهٔ این کار را نمی‌دهد. از مدیر سامانه بخواهید.',
  ],
  tokens_at_most: [
    'You have $max API tokens that work already; revoke one that is not needed.',
    'هم‌اکنون $max توکن API فعال دارید. یکی را که لازم نیست باطل کنید.',
  ],
  token_forbidden: [
    'An API token cannot do this; sign in with a password.',
    'با توکن API نمی‌شود. با گذرواژه وارد شوید.',
  ],
  route_closed: ['This route does not say who may use it.', 'این بخش بسته است. به مدیر سامانه بگویید.'],
  people_changed_by_admins: [
    'Only owners and admins change people; ask one of them.',
    'همکاران را تنها مالک و مدیر سامانه تغییر می‌دهند. از آن‌ها بخواهید.',
  ],
  owners_made_by_owners: [
    'Only an owner can make or change an owner; ask one of them.',
    'مالک را تنها مالکی دیگر تعیین یا عوض می‌کند. از یکی از آن‌ها بخواهید.',
  ],
  last_owner: [
    'This is the last owner; make someone else an owner first.',
    'این تنها مالک است. نخست کس دیگری را مالک کنید.',
  ],
  email_taken: [
    'Someone with this e-mail is in the workspace already; enable or change them instead.',
    'همکاری با این ایمیل هست. همان را فعال کنید یا تغییر دهید.',
  ],
  brand_has_channels: [
    'This brand still has enabled channels: $names. Disable them, or give them to another brand, first.',
    'این برند هنوز کانال فعال دارد: $names. نخست آن‌ها را غیرفعال کنید یا به برند دیگری بدهید.',
  ],
  last_brand: [
    'The last brand in use cannot be archived; add another one first.',
    'تنها برند در کار را نمی‌توان بایگانی کرد. نخست برند دیگری بیفزایید.',
  ],
  name_taken: ['There is one of this name already; choose another.', 'این نام گرفته شده است. نام دیگری بدهید.'],
  expiry_in_past: ['expiresAt must be in the future', 'زمانی در آینده بدهید.', 'Must be in the future.'],
  no_presence: ['Your role answers no tickets, so it has no presence.', 'نقش شما پاسخ‌گو نیست و حضور ندارد.'],
  agent_disabled: ['$name is disabled; choose someone else.', '$name غیرفعال است. کس دیگری را برگزینید.'],
  agent_only_reads: [
    '$name only reads ($role); choose someone who answers tickets.',
    '$name ($role) تنها می‌بیند. کسی را برگزینید که پاسخ می‌دهد.',
  ],
  agent_in_other_team: [
    "$name is not in this ticket's team; move the ticket to a team of theirs first.",
    '$name در تیم این تیکت نیست. نخست تیکت را به تیم او بفرستید.',
  ],
  follower_cannot_see: [
    '$name may not see this ticket; move it to a team of theirs first',
    '$name این تیکت را نمی‌بیند. نخست آن را به تیم او بفرستید.',
  ],
  follower_cannot_see_it: [
    '$name may not see this ticket; move it to a team of theirs first.',
    '$name این تیکت را نمی‌بیند. نخست آن را به تیم او بفرستید.',
  ],
  full_hands: [
    '$name already has $load of $capacity in hand; finish one first.',
    '$name هم‌اکنون $load از $capacity کار در دست دارد. نخست یکی را تمام کنید.',
  ],
  over_capacity_by_leads: [
    'Only a lead may assign over capacity; ask one, or choose someone with room.',
    'بیش از ظرفیت را تنها سرپرست واگذار می‌کند. از او بخواهید یا کسی با جای خالی برگزینید.',
  ],
  over_capacity_by_leads_many: [
    'Only a lead may assign over capacity; ask one, or leave force out.',
    'بیش از ظرفیت را تنها سرپرست واگذار می‌کند. از او بخواهید یا بی آن انجام دهید.',
  ],
  skill_name: ['must be a name, such as refunds or lang:fa', 'نام مهارت باشد، مانند refunds یا lang:fa.'],
  skill_level: [
    'must be a level from 1 (gets by) to 5 (knows it best)',
    'سطحی از ۱ (راه می‌اندازد) تا ۵ (استاد است) باشد.',
  ],
  skills_at_most: ['must name at most $max skills', 'حداکثر $max مهارت جا دارد.'],
  work_type: ['must be a type of work, such as dm, comment, call', 'گونهٔ کار باشد، مانند dm، comment یا call.'],
  work_weight: ['must be a number from 0.05 to 100, or all', 'عددی از ۰٫۰۵ تا ۱۰۰ یا all باشد.'],
  work_types: [
    'must be a list of types of work, such as dm, comment, call; or null for all',
    'فهرست گونه‌های کار باشد، مانند dm، comment و call؛ یا خالی برای همه.',
  ],
} satisfies Catalogue;
