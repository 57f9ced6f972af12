import type { Words } from '../../text/words';

/** What a person should know of Salesforce's own codes, and what to do; its words stand beside it. */
export const SALESFORCE: Readonly<Record<string, Words>> = Object.fromEntries(
  (
    [
      [
        'UNKNOWN_EXCEPTION SERVER_UNAVAILABLE UNABLE_TO_LOCK_ROW QUERY_TIMEOUT REQUEST_RUNNING_TOO_LONG OPERATION_TOO_LARGE ALL_OR_NONE_OPERATION_ROLLED_BACK PROCESSING_HALTED BATCH_PROCESSING_HALTED INVALID_QUERY_LOCATOR NETWORK MULTIPLE_API_ERRORS',
        'اکنون نشد و خودبه‌خود دوباره تلاش می‌شود.',
        'It did not work just now and is tried again by itself.',
      ],
      [
        'REQUEST_LIMIT_EXCEEDED API_CURRENTLY_DISABLED INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE STORAGE_LIMIT_EXCEEDED',
        'سازمان شما در Salesforce اکنون چیزی نمی‌گیرد (سقف روزانه، انبار پر یا نگهداری). همه‌چیز می‌ماند و سپس ادامه می‌یابد.',
        'Your Salesforce org takes nothing at the moment (daily limit, storage or maintenance); everything waits and goes on.',
      ],
      [
        'INVALID_SESSION_ID LOGIN_OAUTH_INVALID_TOKEN INVALID_OPERATION_WITH_EXPIRED_PASSWORD INVALID_LOGIN invalid_grant inactive_user inactive_org access_denied',
        'ورود کاربر یکپارچه‌سازی پذیرفته نشد. ببینید کاربر فعال است و اجازهٔ برنامه را دارد.',
        'The integration user may not log in; see that the user is active and allowed to use the app.',
      ],
      [
        'invalid_request invalid_client invalid_client_id invalid_client_credentials invalid_app_access app_not_found unsupported_grant_type unauthorized_client API_DISABLED_FOR_ORG',
        'برنامهٔ متصل پذیرفته نشد. کلید مصرف‌کننده، گواهی و مجوزهای آن را در Salesforce ببینید.',
        'The connected app is not accepted; look at its consumer key, certificate and permissions in Salesforce.',
      ],
      [
        'DUPLICATES_DETECTED DUPLICATE_EXTERNAL_ID DUPLICATE_VALUE MULTIPLE_CHOICES',
        'پرونده‌های تکراری در Salesforce جلوی ثبت را می‌گیرند. آن‌ها را ادغام کنید یا قاعدهٔ تکرار را ببینید.',
        'Duplicate records in Salesforce stand in the way; merge them or look at the duplicate rule.',
      ],
      [
        'FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_FILTER_VALIDATION_EXCEPTION CANNOT_EXECUTE_FLOW_TRIGGER CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY APEX_ERROR',
        'قاعده یا خودکارسازی خود شما در Salesforce این ثبت را رد می‌کند. مدیر Salesforce باید آن را ببیند.',
        'A rule or automation of your own in Salesforce refuses this; its admin must look at it.',
      ],
      [
        'REQUIRED_FIELD_MISSING FIELD_INTEGRITY_EXCEPTION INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST INVALID_EMAIL_ADDRESS NUMBER_OUTSIDE_VALID_RANGE STRING_TOO_LONG INVALID_FIELD_FOR_INSERT_UPDATE',
        'مقدار یکی از فیلدها در Salesforce پذیرفته نیست یا جایش خالی است.',
        'The value of a field is not accepted in Salesforce, or is missing.',
      ],
      [
        'INSUFFICIENT_ACCESS_OR_READONLY INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY INSUFFICIENT_ACCESS TRANSFER_REQUIRES_READ OP_WITH_INVALID_USER_TYPE_EXCEPTION INACTIVE_OWNER_OR_USER',
        'کاربر یکپارچه‌سازی اجازهٔ این ثبت را ندارد یا صاحب پرونده فعال نیست. مجوزها را در Salesforce بدهید.',
        'The integration user may not write this, or the owner of the record is inactive; grant it in Salesforce.',
      ],
      [
        'ENTITY_IS_LOCKED',
        'این پرونده در Salesforce قفل است، شاید برای تأیید.',
        'The record is locked in Salesforce, perhaps for an approval.',
      ],
      [
        'INVALID_FIELD INVALID_TYPE NOT_FOUND',
        'شیء یا فیلدی که لازم است در Salesforce نیست یا دیده نمی‌شود. اتصال را بیازمایید تا نامش گفته شود.',
        'An object or field that is needed is not in Salesforce or cannot be seen; check the connection to have it named.',
      ],
      [
        'ENTITY_IS_DELETED INVALID_CROSS_REFERENCE_KEY CANNOT_UPDATE_CONVERTED_LEAD',
        'پرونده‌ای که به آن پیوند بود در Salesforce حذف یا دگرگون شده است.',
        'The record it was linked to was deleted or converted in Salesforce.',
      ],
      [
        'TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET JSON_PARSER_ERROR MALFORMED_ID MALFORMED_QUERY MALFORMED_SEARCH MISSING_ARGUMENT INVALID_ID_FIELD METHOD_NOT_ALLOWED UNSUPPORTED_MEDIA_TYPE URI_TOO_LONG EXCEEDED_ID_LIMIT INVALID_INPUT GONE UNSUPPORTED_API_VERSION',
        '‏Salesforce فرستادهٔ ما را نفهمید. این خطای ماست و در گزارش سرور ثبت شده است.',
        'Salesforce did not understand what we sent; this is our mistake and stands in the server’s log.',
      ],
      ['UNKNOWN_ROW_ERROR', '‏Salesforce بی هیچ دلیلی نپذیرفت.', 'Salesforce refused it without a reason.'],
      [
        'daily_share',
        'سهم همگام‌سازی از فراخوانی‌های امروز پر شده است. همه‌چیز می‌ماند و با آزاد شدن سهم ادامه می‌یابد.',
        'The sync has used its share of today’s calls; everything waits and goes on when there is room again.',
      ],
      [
        'misconfigured',
        'کلید این اتصال باز نمی‌شود. آن را دوباره وارد کنید.',
        'The key of this connection does not open; enter it again.',
      ],
    ] as const
  ).flatMap(([codes, fa, en]) => codes.split(' ').map((code) => [code, { fa, en }] as const)),
);
