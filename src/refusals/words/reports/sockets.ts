import type { Catalogue } from '../../saying';

/** What is told where no `DomainError` stands behind it: our own trouble, and doors of sockets. */
export const SOCKETS = {
  database_away: [
    'The database is away for a moment; try again.',
    'پایگاه داده لحظه‌ای در دسترس نیست. دوباره تلاش کنید.',
  ],
  our_fault: [
    'Something broke on our side; it has been logged.',
    'مشکلی از سوی ما پیش آمد و ثبت شد. دوباره تلاش کنید.',
    'Something broke on our side; it has been logged. Try again.',
  ],
  visitor_page_foreign: ['This page may not connect here.', 'این صفحه اجازهٔ اتصال به اینجا را ندارد.'],
  visitor_superseded: ['A later join took over.', 'اتصال تازه‌تری جای این یکی را گرفت.'],
} satisfies Catalogue;
