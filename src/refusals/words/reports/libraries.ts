import type { Catalogue } from '../../saying';

/** What the line, Node and its libraries, and other mail servers say; none of it is written in our source. */
export const LIBRARIES = {
  net_refused: [
    'connect ECONNREFUSED $host',
    'سرور $host اتصال را نپذیرفت.',
    'The server $host refused the connection.',
  ],
  net_unknown_host: ['getaddrinfo ENOTFOUND $host', 'سروری با نام $host نیست.', 'There is no server named $host.'],
  net_name_service: [
    'getaddrinfo EAI_AGAIN $host',
    'نام $host اکنون پیدا نمی‌شود.',
    'The name $host cannot be looked up at the moment.',
  ],
  net_timeout: ['connect ETIMEDOUT $host', 'سرور $host به‌موقع پاسخ نداد.', 'The server $host did not answer in time.'],
  net_reset: ['read ECONNRESET', 'سرور اتصال را برید.', 'The server broke the connection.'],
  net_write_reset: ['write ECONNRESET', 'سرور اتصال را برید.', 'The server broke the connection.'],
  net_pipe: ['write EPIPE', 'سرور اتصال را برید.', 'The server broke the connection.'],
  net_hung_up: ['socket hang up', 'سرور اتصال را برید.', 'The server broke the connection.'],
  net_other_side: ['other side closed', 'سرور اتصال را بست.', 'The server closed the connection.'],
  net_headers: ['Headers Timeout Error', 'سرور به‌موقع پاسخ نداد.', 'The server did not answer in time.'],
  net_body: ['Body Timeout Error', 'پاسخ سرور به‌موقع کامل نشد.', 'The server’s answer did not end in time.'],
  net_connect: ['Connect Timeout Error', 'اتصال به‌موقع برقرار نشد.', 'The connection was not made in time.'],
  net_connect_to: [
    'Connect Timeout Error (attempted address: $host, timeout: $duration)',
    'اتصال به $host به‌موقع برقرار نشد.',
    'The connection to $host was not made in time.',
  ],
  net_aborted: [
    'The operation was aborted due to timeout',
    'سرور به‌موقع پاسخ نداد.',
    'The server did not answer in time.',
  ],
  net_fetch: ['fetch failed', 'اتصال برقرار نشد.', 'No connection could be made.'],
  net_expired: ['certificate has expired', 'مهلت گواهی سرور گذشته است.', 'The server’s certificate has expired.'],
  net_self_signed: [
    'self-signed certificate',
    'گواهی سرور را خود سرور امضا کرده است.',
    'The server signed its certificate itself.',
  ],
  net_unverified: [
    'unable to verify the first certificate',
    'به گواهی سرور نمی‌توان اعتماد کرد.',
    'The server’s certificate cannot be trusted.',
  ],

  // Enhanced status codes of bounces (RFC 3463), behind what the server said.
  mail_status_address: [
    '$said (5.1.$detail)',
    'صندوقی با این نشانی نیست یا نامه نمی‌گیرد. $said (⁨5.1.$detail⁩)',
    'There is no mailbox of this address, or it takes no mail. $said (5.1.$detail)',
  ],
  mail_status_full: [
    '$said (5.2.2)',
    'صندوق این فرد پر است. $said (⁨5.2.2⁩)',
    'The person’s mailbox is full. $said (5.2.2)',
  ],
  mail_status_large: [
    '$said (5.3.4)',
    'نامه برای سرور گیرنده بیش از اندازه بزرگ است. $said (⁨5.3.4⁩)',
    'The mail is too large for the receiving server. $said (5.3.4)',
  ],
  mail_status_way: [
    '$said (5.4.$detail)',
    'نامه به سرور گیرنده نرسید. $said (⁨5.4.$detail⁩)',
    'The mail did not reach the receiving server. $said (5.4.$detail)',
  ],
  mail_status_policy: [
    '$said (5.7.$detail)',
    'گیرنده نامه را برای سیاست‌هایش نپذیرفت (هرزنامه، SPF، DKIM یا DMARC). $said (⁨5.7.$detail⁩)',
    'The receiver refused the mail by policy (spam, SPF, DKIM or DMARC). $said (5.7.$detail)',
  ],
} satisfies Catalogue;
